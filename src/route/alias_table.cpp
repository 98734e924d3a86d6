#include "route/alias_table.h"

#include <utility>

#include "mail/alias_file.h"

namespace cursus {
namespace {

class AliasContent final : public FileContent {
public:
    explicit AliasContent(AliasFile file) : file_(std::move(file)) {}
    std::optional<FileRow> find(std::string_view key) const override {
        const auto entry = file_.find(key);
        if (!entry) return std::nullopt;
        return FileRow{std::string(entry->value), entry->line};
    }

private:
    AliasFile file_;
};

}  // namespace

Result<ParsedFile, TargetError> parse_alias_table(std::string text) {
    TRY(file, AliasFile::parse(std::move(text)));
    auto warnings = file.warnings();
    return ParsedFile{std::make_shared<AliasContent>(std::move(file)), std::move(warnings)};
}

std::shared_ptr<Table> make_alias_table(const FileTableNeeds& needs, std::string name, std::string path) {
    return std::make_shared<FileTable>(needs, std::move(name), std::move(path), parse_alias_table);
}

}  // namespace cursus
