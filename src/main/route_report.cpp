#include "main/route_report.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <algorithm>
#include <map>

#include "base/overloaded.h"
#include "mail/command_line.h"

namespace cursus {

namespace {

std::string place_text(const MailboxPlace& place, const std::string& lmtp_host) {
    const Overloaded handle{
        [](const MaildirPlace& p) {
            return "maildir:" + p.path + (p.folder.empty() ? "" : ", folder " + p.folder + " if it is there");
        },
        [](const MboxPlace& p) { return "mbox:" + p.path; },
        [](const CommandPlace& p) { return "pipe:" + command_text(p.arguments); },
        [&](const LmtpPlace&) { return "lmtp:" + lmtp_host; },
        [](const DiscardPlace&) { return std::string("thrown away"); },
    };
    return std::visit(handle, place);
}

// The lines below a leaf: its hosts, or what became of it.
std::vector<std::string> lines_of(const RouteReport::End& end, const Leaf& leaf) {
    std::vector<std::string> lines;
    if (leaf.handling.sender) lines.push_back("from " + path_text(*leaf.handling.sender));
    if (end.failure) return lines;  // its step says so
    if (const auto* nowhere = std::get_if<Unroutable>(&end.route)) {
        lines.push_back(nowhere->reply.one_line());
        if (!nowhere->advice.empty()) lines.push_back(nowhere->advice);
    }
    if (const auto* remote = std::get_if<RemoteRoute>(&end.route)) {
        lines.push_back("by " + end.destination);
        if (const std::string terms = terms_text(remote->terms); !terms.empty())
            lines.push_back("with " + terms);
        std::size_t number = 0;
        for (const auto& preference : remote->preferences) {
            ++number;
            for (const RemoteHost& host : preference)
                lines.push_back(
                    fmt::format("{}. {}  {}", number, host.name, fmt::join(address_texts(host), ", ")));
        }
    }
    if (!end.place.empty()) lines.push_back(end.place);
    return lines;
}

// The steps as a tree.
class Tree {
public:
    explicit Tree(const RouteReport& report) : report_(report) {
        for (std::size_t i = 1; i < steps().size(); ++i) children_[steps()[i].from.value_or(0)].push_back(i);
        for (std::size_t i = 0; i < report.expansion.leaves.size(); ++i)
            leaf_of_[report.expansion.leaves[i].step] = i;
    }
    std::string text() {
        out_ = steps().front().subject + '\n';
        below(0, "");
        return std::move(out_);
    }

private:
    const std::vector<ExpansionStep>& steps() const { return report_.expansion.steps; }

    void below(std::size_t step, const std::string& indent) {
        if (!steps()[step].end.empty()) out_ += fmt::format("{}    = {}\n", indent, steps()[step].end);
        if (const auto leaf = leaf_of_.find(step); leaf != leaf_of_.end())
            for (const std::string& line :
                 lines_of(report_.ends[leaf->second], report_.expansion.leaves[leaf->second]))
                out_ += fmt::format("{}      {}\n", indent, line);
        const auto& children = children_[step];
        for (std::size_t i = 0; i < children.size(); ++i) {
            const bool is_last = i + 1 == children.size();
            const ExpansionStep& child = steps()[children[i]];
            out_ += fmt::format("{}{} {}  ({})\n", indent, is_last ? "└─" : "├─", child.subject, child.by);
            below(children[i], indent + (is_last ? "   " : "│  "));
        }
    }

    const RouteReport& report_;
    std::map<std::size_t, std::vector<std::size_t>> children_;
    std::map<std::size_t, std::size_t> leaf_of_;
    std::string out_;
};

nlohmann::json leaf_json(const Leaf& leaf, const RouteReport::End& end) {
    nlohmann::json out{{"recipient", leaf.address.text()}, {"step", leaf.step}};
    if (leaf.handling.sender) out["sender"] = bare_text(*leaf.handling.sender);
    if (leaf.handling.target) out["target"] = local_target_text(*leaf.handling.target);
    if (end.failure) {
        out["fails"] = end.failure->one_line();
        return out;
    }
    out["destination"] = end.destination;
    if (!end.place.empty()) out["place"] = end.place;
    if (const auto* remote = std::get_if<RemoteRoute>(&end.route)) {
        out["hosts"] = hosts_json(remote->preferences);
        out["tls"] = name(remote->terms.tls);
        if (!remote->terms.tls_name.empty()) out["tls_name"] = remote->terms.tls_name;
        if (!remote->terms.username.empty()) out["username"] = remote->terms.username;
        out["single_copy"] = remote->single_copy || leaf.handling.single_copy;
    }
    if (const auto* nowhere = std::get_if<Unroutable>(&end.route))
        out["unroutable"] = nowhere->reply.one_line();
    return out;
}

}  // namespace

std::vector<std::string> address_texts(const RemoteHost& host) {
    std::vector<std::string> texts;
    for (const ServiceAddress& address : host.addresses) texts.push_back(cursus::text(address));
    return texts;
}

nlohmann::json hosts_json(const std::vector<std::vector<RemoteHost>>& preferences) {
    nlohmann::json out = nlohmann::json::array();
    for (const auto& preference : preferences) {
        nlohmann::json hosts = nlohmann::json::array();
        for (const RemoteHost& host : preference)
            hosts.push_back({{"name", host.name}, {"addresses", address_texts(host)}});
        out.push_back(std::move(hosts));
    }
    return out;
}

std::string as_text(const RouteReport& report) {
    if (report.trouble) return fmt::format("{}\n    = {}\n", report.address, report.trouble->one_line());
    return Tree(report).text();
}

nlohmann::json as_json(const RouteReport& report) {
    nlohmann::json out{{"address", report.address}};
    if (report.trouble) {
        out["trouble"] = report.trouble->one_line();
        return out;
    }
    out["steps"] = nlohmann::json::array();
    for (const ExpansionStep& step : report.expansion.steps) {
        nlohmann::json json{{"subject", step.subject}};
        if (step.from) json["from"] = *step.from;
        if (!step.by.empty()) json["by"] = step.by;
        if (!step.end.empty()) json["end"] = step.end;
        out["steps"].push_back(std::move(json));
    }
    out["recipients"] = nlohmann::json::array();
    for (std::size_t i = 0; i < report.ends.size(); ++i)
        out["recipients"].push_back(leaf_json(report.expansion.leaves[i], report.ends[i]));
    return out;
}

int exit_code(const RouteReport& report) {
    if (report.trouble) return EX_TEMPFAIL;
    const auto is_stuck = [](const RouteReport::End& end) {
        const auto* nowhere = std::get_if<Unroutable>(&end.route);
        return nowhere != nullptr && nowhere->reply.is_transient();
    };
    const auto fails = [](const RouteReport::End& end) {
        return end.failure || std::holds_alternative<Unroutable>(end.route);
    };
    if (std::ranges::any_of(report.ends, is_stuck)) return EX_TEMPFAIL;
    return std::ranges::any_of(report.ends, fails) ? EX_NOUSER : EX_OK;
}

Task<std::string> place_of(const LocalRouting& local, const Leaf& leaf) {
    if (!leaf.handling.target || !std::holds_alternative<MailboxTarget>(leaf.handling.target->what))
        co_return std::string();
    auto hit = co_await local.lookup().find_person(leaf.address);
    const auto* found = std::get_if<PersonHit>(&hit);
    if (found == nullptr) co_return std::string();
    co_return person_text(*found, local);
}

std::string person_text(const PersonHit& person, const LocalRouting& local) {
    const auto& user = person.person.system;
    return place_text(person.place, local.mailboxes().lmtp_host()) + (user ? ", as " + user->name : "");
}

}  // namespace cursus
