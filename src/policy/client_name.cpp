#include "policy/client_name.h"

namespace cursus {

std::vector<Question> name_questions(const SessionFacts& facts) {
    if (!facts.name.empty() || facts.client.address.is_unspecified()) return {};
    return {{Topic::ReverseDns, facts.client.address.text()}};
}

Task<Found> client_name(Evidence& evidence) {
    const SessionFacts& facts = evidence.facts();
    if (!facts.name.empty()) co_return Found{{"confirmed"}, 0, facts.name};
    const auto questions = name_questions(facts);
    if (questions.empty()) co_return Found{};
    co_return co_await evidence.ask(questions.front());
}

std::string confirmed_name(const Found& name) {
    return name.is("confirmed") ? name.detail : std::string();
}

void keep_client_name(const Found& name, Weighing& weighing) {
    if (name.is("confirmed")) weighing.values[TextValue::ClientName] = name.detail;
}

}  // namespace cursus
