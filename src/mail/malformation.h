// What can be wrong with a message: what it is called, what it means and how grave it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cursus {

enum class Malformation : std::uint8_t {
    // Octets
    BareCr,
    BareLf,
    Nul,
    LineTooLong,
    // The header's lines
    HeaderTooLong,
    HeaderTooManyFields,
    FieldName,
    SpaceBeforeColon,
    NoColon,
    FoldedBlankLine,
    FoldWithoutField,
    ControlInHeader,
    EightBitInHeader,
    HeaderNotUtf8,
    // Fields that must be there, once
    MissingFrom,
    MissingDate,
    MissingMessageId,
    MissingMimeVersion,
    DuplicateFrom,
    DuplicateSender,
    DuplicateReplyTo,
    DuplicateTo,
    DuplicateCc,
    DuplicateDate,
    DuplicateMessageId,
    DuplicateSubject,
    DuplicateSubjectDiffers,
    DuplicateField,
    DuplicateContentType,
    DuplicateDisposition,
    DuplicateEncoding,
    // What stands in fields
    AddressListSyntax,
    FromAmbiguous,
    FromSeveralDomains,
    FromWithoutAddress,
    MultipleFromWithoutSender,
    GroupInFrom,
    EncodedWordInAddress,
    EncodedWordSyntax,
    EncodedWordTooLong,
    EncodedWordControl,
    DateSyntax,
    MessageIdSyntax,
    ContentTypeSyntax,
    ParameterSyntax,
    ParameterUnended,
    DuplicateParameter,
    // How the message is put together
    MimeDepth,
    MimeParts,
    MimeParameters,
    PartHeaderTooLong,
    PartHeaderUnended,
    EmbeddedHeaderSyntax,
    BoundaryMissing,
    BoundarySyntax,
    BoundaryTooLong,
    BoundaryAmbiguous,
    BoundaryInNested,
    BoundaryPrefix,
    BoundaryTrailingText,
    BoundaryAfterEnd,
    MultipartEmpty,
    MultipartUnterminated,
    MultipartCutShort,
    MessagePartial,
    // What parts hold
    EncodingUnknown,
    EncodingAmbiguous,
    EncodingOnComposite,
    Base64Garbage,
    Base64AfterPadding,
    QuotedPrintableSyntax,
    EightBitInBodyUndeclared,
    // What parts are called
    FileNames,
    FileNameTooLong,
    FileNameDisagreement,
    FileNamePieces,
    FileNameControl,
    FileNamePath,
    EncodedWordInParameter,
};

inline constexpr std::size_t malformations =
    static_cast<std::size_t>(Malformation::EncodedWordInParameter) + 1;

enum class Severity : std::uint8_t {
    Odd,    // merely unusual
    Wrong,  // breaks what a standard demands
    Grave,  // makes readers of mail disagree about what the message says, or is an attack
};

struct MalformationFacts {
    Malformation what;
    std::string_view name;  // stable: rules, logs and fields of annotated messages have it
    Severity severity;
    std::string_view meaning;  // for people; a sentence without its full stop
};

const MalformationFacts& facts_of(Malformation what);

}  // namespace cursus
