#include "policy/accepted_certificates.h"

#include <gtest/gtest.h>

namespace cursus {
namespace {

const std::string listed_print = std::string(64, 'a'), other_print = std::string(63, 'a') + 'b';

TlsFacts showing(std::string fingerprint, bool verified) {
    TlsFacts facts;
    facts.peer_subject = "CN=client";
    facts.peer_fingerprint = std::move(fingerprint);
    facts.verified = verified;
    return facts;
}

AcceptedCertificates of(std::string client_ca, std::vector<std::string> fingerprints) {
    TlsSettings settings;
    settings.client_ca = std::move(client_ca);
    settings.client_fingerprints = std::move(fingerprints);
    return AcceptedCertificates(settings);
}

TEST(AcceptedCertificates, are_those_whose_chain_was_verified) {
    const auto accepted = of("/clients.pem", {});
    EXPECT_TRUE(accepted.accepts(showing(other_print, true)));
    EXPECT_FALSE(accepted.accepts(showing(other_print, false)));
}

TEST(AcceptedCertificates, are_those_that_are_listed_whoever_signed_them) {
    const auto accepted = of("", {listed_print});
    EXPECT_TRUE(accepted.accepts(showing(listed_print, false)));
    EXPECT_FALSE(accepted.accepts(showing(other_print, false)));
    EXPECT_FALSE(accepted.accepts(showing(listed_print.substr(1), false)));
    EXPECT_FALSE(accepted.accepts(showing(listed_print + 'a', false)));
}

TEST(AcceptedCertificates, are_none_without_an_authority_or_a_list) {
    const auto accepted = of("", {});
    EXPECT_FALSE(accepted.accepts(showing(listed_print, false)));
    EXPECT_FALSE(accepted.accepts(showing(listed_print, true))) << "verified by whom?";
}

TEST(AcceptedCertificates, are_none_where_none_was_shown) {
    const auto accepted = of("/clients.pem", {listed_print, ""});
    EXPECT_FALSE(accepted.accepts(std::nullopt));
    EXPECT_FALSE(accepted.accepts(showing("", true)));
    EXPECT_FALSE(accepted.accepts(showing("", false)));
}

}  // namespace
}  // namespace cursus
