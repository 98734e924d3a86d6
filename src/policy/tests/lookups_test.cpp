// What rules ask, as it reaches whoever is asked.
#include "policy/lookups.h"

#include <gmock/gmock.h>

#include "config/conditions.h"
#include "policy/tests/callout_world.h"

namespace cursus {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class NoEvents final : public EventSink {
public:
    void emit(MailEvent) noexcept override {}
};

class LookupsTest : public CalloutWorld {
protected:
    ~LookupsTest() override { sim.run(inquest.join()); }

    Found find(Topic topic, const std::string& subject = {}) {
        const Question question{topic, subject};
        return sim.run(lookups.find(question, inquest));
    }
    std::size_t asked(const std::string& name) { return sim.dns().asked(name, RecordType::A); }

    NoEvents events;
    Destinations destinations{settings};
    Router router{sim.world().resolver, settings, tables};
    SenderDomains domains{router, destinations, settings};
    BlockLists lists{sim.world().resolver, sim.clock(), settings.dns_lists};
    Behaviour behaviour{sim.world(), events, "/behaviour", settings.greylist};
    Lookups lookups{{sim.world().resolver, sim.clock(), tables, destinations, domains, lists, callouts(),
                     targets(), behaviour, nullptr}};
    const std::string hostname = "mx.rome.example";
    Inquest inquest{{lookups, sim.clock(), sim.reactor().executor(), hostname, [](EventBody) {}}};
};

TEST_F(LookupsTest, names_are_asked_as_they_are_and_parents_of_links_alone) {
    for (const Topic topic : {Topic::SenderDnsList, Topic::HeloDnsList, Topic::ReverseDnsList})
        find(topic, "dbl.example a.spam.example");
    EXPECT_EQ(asked("a.spam.example.dbl.example"), 1U);
    EXPECT_EQ(asked("spam.example.dbl.example"), 0U);
    find(Topic::UriDnsList, "dbl.example a.spam.example");
    EXPECT_EQ(asked("spam.example.dbl.example"), 1U);
}

TEST_F(LookupsTest, lists_of_names_are_asked_for_no_address) {
    for (const Topic topic : {Topic::HeloDnsList, Topic::UriDnsList}) {
        const Found found = find(topic, "dbl.example 198.51.100.99");
        EXPECT_TRUE(found.is_known());
        EXPECT_THAT(found.words, IsEmpty());
    }
    EXPECT_EQ(sim.dns().asked(), 0U);
    find(Topic::DnsList, "bl.example 198.51.100.99");
    EXPECT_EQ(asked("99.100.51.198.bl.example"), 1U);
}

TEST_F(LookupsTest, a_list_of_no_use_is_no_answer) {
    sim.dns().fault("bl.example", DnsStatus::Failed);
    EXPECT_THAT(find(Topic::DnsList, "bl.example 198.51.100.99").trouble, HasSubstr("list bl.example"));
}

TEST_F(LookupsTest, what_there_is_nobody_to_ask_about_is_called_so) {
    EXPECT_THAT(find(Topic::RecipientCallout, "ann@rome.example").words, ElementsAre(not_asked));
    inquest.known().helo = "[192.0.2.7]";
    EXPECT_THAT(find(Topic::HeloDns).words, ElementsAre(not_asked));
}

TEST_F(LookupsTest, a_senders_domain_is_told_of_in_the_words_of_verify) {
    sim.dns().mx("dangling.example", {{10, "mx.dangling.example"}});
    inquest.known().sender = *Mailbox::parse("ann@dangling.example");
    EXPECT_THAT(find(Topic::SenderDomain).words,
                ElementsAre(std::string(name(DomainVerdict::NoMailHost)), "unusable"));
    EXPECT_THAT(spec_of(Topic::SenderDomain).words, Contains(name(DomainVerdict::NoMailHost)));
}

}  // namespace
}  // namespace cursus
