// The keys of who may come in, as far as the operator's own rules decide it, and of what they ask.
#include <chrono>

#include "config/parsers.h"
#include "config/parsers_policy.h"
#include "config/schema.h"

namespace cursus {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Option level_option(std::string key, MalformedLevel& field, std::string help) {
    return choice_option(std::move(key), field, {"off", "annotate", "lenient", "strict"}, std::move(help));
}

Option without_default(Option option) {
    option.shown = "none; it must be written";
    return option;
}

}  // namespace

TableSchema policy_table(PolicySettings& s, AdvisorSettings& advisors) {
    return {"policy",
            "What is decided where no rule of yours decides.",
            {flag_option("default_rules", s.default_rules,
                         "Whether the default rules stand around yours; `cursus check --rules` prints all."),
             duration_option("ask_timeout", advisors.timeout, {seconds{1}, minutes{5}},
                             "How long a program that a rule asks may take, all its servers together."),
             text_option("ask_trusted_roots", advisors.trusted_roots, "a PEM file",
                         "Authorities that may vouch for hooks at https; the default is the system's.")}};
}

TableSchema rule_table(RuleSettings& s) {
    return {
        "rule",
        "What becomes of mail that comes in; looked at in order, and the first final action wins.",
        {text_option("name", s.name, "a name", "What it is called in events; the default is its line."),
         without_default(choice_option("at", s.at, {"connect", "helo", "mail", "rcpt", "data"},
                                       "When it is looked at; what is asked about must be known by then.")),
         conditions_option("if", s.when, "All of them must hold; each may begin with not_."),
         without_default(choice_option(
             "do", s.action,
             {"accept", "reject", "defer", "discard", "hold", "annotate", "tag", "delay", "copy", "ask"},
             "What then becomes of it. accept to hold are final for the stage; the others go on.")),
         choice_option(
             "on_error", s.on_error, {"defer", "ignore"},
             "What if nobody can tell whether the conditions hold: 450 (421 at connect, 451 at data), or "
             "as if they did not."),
         reply_text_option(
             "text", s.status, s.text,
             "What the client is told, a status before it if it is not X.7.1, or why it is held."),
         field_templates_option("header", s.add, "annotate: header fields to add."),
         field_templates_option("replace_header", s.replace,
                                "annotate: header fields to add in place of all that have their names."),
         field_names_option("remove_header", s.remove, "annotate: header fields to remove."),
         field_text_option("subject_tag", s.subject_tag, "annotate: what to put before the subject."),
         word_option("tag", s.tag, "a word", "tag: the word, for the condition tagged and for the queue."),
         duration_option(
             "delay", s.delay, {seconds{0}, minutes{5}},
             "delay: how long the reply waits. At connect, a client that talks meanwhile is refused."),
         mailbox_option("to", s.copy_to, "copy: who gets one more copy."),
         optional_duration_option("keep", s.keep, {minutes{1}, hours{24 * 365}},
                                  "hold: how long; the default is [quarantine] keep."),
         advisor_option("ask", s.ask, "ask: the program that decides.")}};
}

TableSchema dns_list_table(DnsListSettings& s) {
    return {
        "dnslist",
        "A list in the DNS (RFC 5782), where more is to be said of it than its zone.",
        {word_option("name", s.name, "a name", "What rules call it; the default is its zone."),
         zone_option("zone", s.zone, "Where it is asked."),
         choice_option("subject", s.subject, {"address", "domain"}, "What it lists."),
         answers_option("answers", s.answers, "Which answers count."),
         score_option("score", s.score, "What a listing adds to dnslist_score; below 0 for white lists.")}};
}

TableSchema malformed_table(MalformedSettings& s) {
    return {"malformed",
            "How strict the checks of messages' form are, by service: lenient refuses what makes readers "
            "disagree, strict all that is against the standard, annotate only notes it.",
            {level_option("mx", s.mx, "Of mail from other hosts."),
             level_option("submission", s.submission, "Of people's mail programs."),
             level_option("lmtp", s.lmtp, "Of mail handed over to this host.")}};
}

TableSchema greylist_table(GreylistSettings& s) {
    return {
        "greylist",
        "For the condition greylisted (RFC 6647).",
        {duration_option("wait", s.wait, {seconds{1}, hours{24}}, "How long a new sender must wait."),
         duration_option("retry_window", s.retry_window, {minutes{10}, hours{24 * 7}},
                         "In what time it must then come again."),
         duration_option("keep", s.keep, {hours{1}, hours{24 * 365}},
                         "How long one that has passed is remembered."),
         count_option("pass_after", s.pass_after, {0, 1'000},
                      "After how many passes a network need not wait any more; 0 for never."),
         count_option("network_v4", s.network_v4, {8, 32}, "Bits of an IPv4 address that are one client."),
         count_option("network_v6", s.network_v6, {16, 128}, "Bits of an IPv6 address that are one client."),
         count_option("entries", s.entries, {1'000, 10'000'000}, "How many are remembered at most.")}};
}

TableSchema callout_table(CalloutSettings& s) {
    return {
        "callout",
        "For the conditions sender_callout and recipient_callout. Many sites treat callouts as abuse.",
        {duration_option("timeout", s.timeout, {seconds{1}, minutes{5}}, "How long one may take, in all."),
         duration_option("positive", s.positive, {minutes{1}, hours{24 * 90}},
                         "How long an address that was accepted is believed to be good."),
         duration_option("negative", s.negative, {minutes{1}, hours{24 * 30}},
                         "How long one that was refused is believed to be bad."),
         count_option("entries", s.entries, {100, 10'000'000}, "How many answers are remembered at most."),
         count_option("per_target_per_minute", s.per_target_per_minute, {1, 10'000},
                      "How often one domain's hosts are asked."),
         count_option("per_minute", s.per_minute, {1, 100'000}, "How often others are asked, in all.")}};
}

TableSchema scan_table(ScanSettings& s) {
    return {
        "scan",
        "Programs that look at messages. Of several servers the first that is well is asked.",
        {servers_option("clamd", s.clamd.servers, "", "clamd: for the condition virus."),
         duration_option("clamd_timeout", s.clamd.timeout, {seconds{1}, minutes{10}},
                         "How long one message may take, all servers together."),
         size_option("clamd_size_max", s.clamd.size_max, {64 * kib, 2 * gib},
                     "Larger messages are not shown to it."),
         servers_option("rspamd", s.rspamd.servers, "http://", "rspamd: for spam, spam_score, spam_action."),
         duration_option("rspamd_timeout", s.rspamd.timeout, {seconds{1}, minutes{10}}, "The same."),
         size_option("rspamd_size_max", s.rspamd.size_max, {64 * kib, 2 * gib}, "The same."),
         servers_option("spamd", s.spamd.servers, "", "SpamAssassin's spamd: for spam, spam_score."),
         duration_option("spamd_timeout", s.spamd.timeout, {seconds{1}, minutes{10}}, "The same."),
         size_option("spamd_size_max", s.spamd.size_max, {64 * kib, 2 * gib}, "The same."),
         milters_option("milters", s.milters, "Milters, each of which sees what the one before it left."),
         duration_option("milter_timeout", s.milter_timeout, {seconds{1}, minutes{10}},
                         "How long a milter may take for one step."),
         duration_option("milter_content_timeout", s.milter_content_timeout, {seconds{1}, hours{1}},
                         "The same for the end of a message, when milters do their work."),
         choice_option("milter_on_error", s.milter_on_error, {"defer", "ignore"},
                       "What if a milter gives no answer: 451, or as if it were not there.")}};
}

TableSchema quarantine_table(QuarantineSettings& s) {
    return {"quarantine",
            "Mail that rules hold, for `cursus quarantine`.",
            {duration_option("keep", s.keep, {minutes{1}, hours{24 * 365}},
                             "How long; then it is removed, and nobody is told.")}};
}

}  // namespace cursus
