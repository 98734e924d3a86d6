#include "mail/malformation.h"

#include <array>

namespace cursus {
namespace {

using enum Malformation;
using enum Severity;

// In the order of the enumerators.
constexpr std::array<MalformationFacts, malformations> all_facts{{
    {BareCr, "bare-cr", Grave, "a carriage return stands without a line feed behind it"},
    {BareLf, "bare-lf", Grave, "a line feed stands without a carriage return before it"},
    {Nul, "nul", Grave, "the message has a NUL in it"},
    {LineTooLong, "line-too-long", Wrong, "a line has more than 998 octets"},
    {HeaderTooLong, "header-too-long", Grave,
     "the header is longer than any mail program makes it, and was not read to its end"},
    {HeaderTooManyFields, "header-too-many-fields", Grave,
     "the header has more fields than any mail program makes, and not all of them were looked at"},
    {FieldName, "field-name", Wrong, "the name of a field has octets that no name may have"},
    {SpaceBeforeColon, "space-before-colon", Grave,
     "white space stands between a field's name and its colon"},
    {NoColon, "no-colon", Grave, "a line of the header is no field"},
    {FoldedBlankLine, "folded-blank-line", Grave, "a line of the header has only white space"},
    {FoldWithoutField, "fold-without-field", Grave, "the header begins with white space"},
    {ControlInHeader, "control-in-header", Wrong, "a field has control characters in it"},
    {EightBitInHeader, "eight-bit-in-header", Wrong, "a field has octets beyond ASCII in it"},
    {HeaderNotUtf8, "header-not-utf8", Wrong, "a field of an internationalized message is not UTF-8"},
    {MissingFrom, "missing-from", Wrong, "the message has no From field"},
    {MissingDate, "missing-date", Wrong, "the message has no Date field"},
    {MissingMessageId, "missing-message-id", Odd, "the message has no Message-ID field"},
    {MissingMimeVersion, "missing-mime-version", Wrong, "the message has a Content-Type but no MIME-Version"},
    {DuplicateFrom, "duplicate-from", Grave, "the message has more than one From field"},
    {DuplicateSender, "duplicate-sender", Grave, "the message has more than one Sender field"},
    {DuplicateReplyTo, "duplicate-reply-to", Wrong, "the message has more than one Reply-To field"},
    {DuplicateTo, "duplicate-to", Wrong, "the message has more than one To field"},
    {DuplicateCc, "duplicate-cc", Wrong, "the message has more than one Cc field"},
    {DuplicateDate, "duplicate-date", Wrong, "the message has more than one Date field"},
    {DuplicateMessageId, "duplicate-message-id", Wrong, "the message has more than one Message-ID field"},
    {DuplicateSubject, "duplicate-subject", Wrong, "the message has the same Subject field more than once"},
    {DuplicateSubjectDiffers, "duplicate-subject-differs", Grave,
     "the message has Subject fields that differ"},
    {DuplicateField, "duplicate-field", Wrong, "a field stands more than once that may stand once"},
    {DuplicateContentType, "duplicate-content-type", Grave, "a part has Content-Type fields that differ"},
    {DuplicateDisposition, "duplicate-disposition", Grave,
     "a part has Content-Disposition fields that differ"},
    {DuplicateEncoding, "duplicate-encoding", Grave,
     "a part has Content-Transfer-Encoding fields that differ"},
    {AddressListSyntax, "address-list-syntax", Wrong, "a field's addresses are not written as addresses are"},
    {FromAmbiguous, "from-ambiguous", Grave,
     "the From field can be read as an address of one domain or of another"},
    {FromSeveralDomains, "from-several-domains", Grave, "the From field has addresses of several domains"},
    {FromWithoutAddress, "from-without-address", Wrong, "the From field has no address"},
    {MultipleFromWithoutSender, "multiple-from-without-sender", Wrong,
     "the From field has several addresses and no Sender field says who sent the message"},
    {GroupInFrom, "group-in-from", Odd, "the From field has a group"},
    {EncodedWordInAddress, "encoded-word-in-address", Grave, "an encoded word stands where an address is"},
    {EncodedWordSyntax, "encoded-word-syntax", Wrong, "an encoded word is not written as encoded words are"},
    {EncodedWordTooLong, "encoded-word-too-long", Odd, "an encoded word has more than 75 octets"},
    {EncodedWordControl, "encoded-word-control", Grave, "an encoded word hides control characters"},
    {DateSyntax, "date-syntax", Wrong, "the Date field has no date"},
    {MessageIdSyntax, "message-id-syntax", Wrong, "the Message-ID field has no message identifier"},
    {ContentTypeSyntax, "content-type-syntax", Wrong, "a Content-Type is no media type"},
    {ParameterSyntax, "parameter-syntax", Wrong,
     "a Content field's parameters are not written as parameters are"},
    {ParameterUnended, "parameter-unended", Grave,
     "a Content field has a quoted string or a comment that does not end"},
    {DuplicateParameter, "duplicate-parameter", Grave,
     "a Content field has a parameter twice, with different values"},
    {MimeDepth, "mime-depth", Grave, "parts stand within parts too deeply, and were not all looked at"},
    {MimeParts, "mime-parts", Grave, "the message has too many parts, and not all of them were looked at"},
    {MimeParameters, "mime-parameters", Grave,
     "a Content field has too many parameters, and the message was not looked at any further"},
    {PartHeaderTooLong, "part-header-too-long", Grave,
     "a part's header is too long, and the message was not looked at any further"},
    {PartHeaderUnended, "part-header-unended", Odd,
     "a part's header is ended by a delimiter instead of an empty line"},
    {EmbeddedHeaderSyntax, "embedded-header-syntax", Odd,
     "a message within the message has lines in its header that are no fields"},
    {BoundaryMissing, "boundary-missing", Grave, "a multipart has no boundary"},
    {BoundarySyntax, "boundary-syntax", Wrong,
     "a multipart's boundary is too long or has octets that no boundary may have"},
    {BoundaryTooLong, "boundary-too-long", Grave,
     "a multipart's boundary is far too long, and the message was not looked at any further"},
    {BoundaryAmbiguous, "boundary-ambiguous", Grave, "a multipart's boundary can be read in several ways"},
    {BoundaryInNested, "boundary-in-nested", Grave, "a multipart has the boundary of one that it stands in"},
    {BoundaryPrefix, "boundary-prefix", Wrong,
     "a multipart's boundary begins like that of one that it stands in"},
    {BoundaryTrailingText, "boundary-trailing-text", Grave,
     "a line begins with a boundary and goes on with something else"},
    {BoundaryAfterEnd, "boundary-after-end", Grave, "a multipart goes on after its last delimiter"},
    {MultipartEmpty, "multipart-empty", Wrong, "a multipart has no part"},
    {MultipartUnterminated, "multipart-unterminated", Wrong,
     "the message ends before a multipart of it does"},
    {MultipartCutShort, "multipart-cut-short", Odd,
     "a multipart has no last delimiter and ends with what it stands in"},
    {MessagePartial, "message-partial", Odd,
     "the message is a piece of a message, so that nobody on its way sees the whole"},
    {EncodingUnknown, "encoding-unknown", Wrong, "a part has a transfer encoding that nobody knows"},
    {EncodingAmbiguous, "encoding-ambiguous", Grave,
     "a part's transfer encoding can be read in several ways"},
    {EncodingOnComposite, "encoding-on-composite", Wrong, "a part that holds parts has a transfer encoding"},
    {Base64Garbage, "base64-garbage", Wrong, "a part in base 64 has octets that are none"},
    {Base64AfterPadding, "base64-after-padding", Grave, "a part in base 64 goes on after its end"},
    {QuotedPrintableSyntax, "quoted-printable-syntax", Wrong,
     "a quoted-printable part has equals signs without digits"},
    {EightBitInBodyUndeclared, "eight-bit-in-body-undeclared", Wrong,
     "a part has octets beyond ASCII in it and does not say so"},
    {FileNames, "file-names", Grave,
     "a part could be taken to have too many file names, and the message was not looked at any further"},
    {FileNameTooLong, "file-name-too-long", Grave, "a file name is longer than any file system has them"},
    {FileNameDisagreement, "file-name-disagreement", Grave, "a part has file names with different endings"},
    {FileNamePieces, "file-name-pieces", Grave,
     "the pieces of a file name are not numbered as they should be"},
    {FileNameControl, "file-name-control", Grave,
     "a file name has control characters in it, or is turned from right to left"},
    {FileNamePath, "file-name-path", Wrong, "a file name has a path in it"},
    {EncodedWordInParameter, "encoded-word-in-parameter", Odd,
     "a file name is written with encoded words, which have no place in parameters"},
}};

static_assert([] {
    for (std::size_t i = 0; i < malformations; ++i) {
        if (static_cast<std::size_t>(all_facts[i].what) != i) return false;
    }
    return true;
}());

}  // namespace

const MalformationFacts& facts_of(Malformation what) {
    return all_facts[static_cast<std::size_t>(what)];
}

}  // namespace cursus
