"""Who may send where, judged side by side: Cursus, Postfix and Exim with the same local domain, relay domain, hosts that may
relay, and mailboxes, asked about the same hostile recipients. Cursus takes nothing that both others refuse."""

from dataclasses import dataclass

import pytest

from harness.dialogue import Dialogue, Ended

STRANGER, LISTED = "127.0.10.66", "127.0.9.10"
RELAYED, FOREIGN = "relayed.example", "elsewhere.example"

# Taken by Cursus alone, and why that opens nothing.
EXPLAINED = {
    # RFC 5321 §4.5.1: every host takes mail for its own postmaster. It is delivered here.
    "postmaster@{own}",
    "PostMaster@{own}",
    # RFC 5321 §4.1.3: the address of our own listener is ourselves, in whatever form. It is delivered here, to the same mailbox
    # by whichever quoting; Exim takes no literals unless told to, and this Postfix has no domain for them.
    "known@[{literal}]",
    '"known"@[{literal}]',
    r'"kno\wn"@[{literal}]',
    "known@[IPv6:::ffff:{literal}]",
}


@dataclass
class Server:
    name: str
    address: str
    domain: str
    own: str

    def spell(self, recipient: str) -> str:
        return recipient.format(local=self.domain, own=self.own, literal=self.address, relayed=RELAYED, foreign=FOREIGN)

    def answers(self, source: str, recipients: list[str]) -> dict[str, str]:
        """The reply to RCPT of each. A server that hangs up after too many errors is asked again."""
        answers: dict[str, str] = {}
        waiting = list(recipients)
        while waiting:
            begun = len(answers)
            with Dialogue(self.address, source=source) as client:
                try:
                    client.greet()
                    client.expect("250", "MAIL FROM:<someone@client.example> SMTPUTF8")
                    while waiting:
                        client.raw(b"RCPT TO:<" + self.spell(waiting[0]).encode() + b">\r\n")
                        answer = client.reply()
                        if answer.startswith("421"):
                            raise Ended(answer)
                        answers[waiting.pop(0)] = answer
                except Ended as end:
                    # Earlier errors have ended the session, unless this was the first that it was asked.
                    if len(answers) == begun:
                        answers[waiting.pop(0)] = f"(ended: {end})"
        return answers


def hostile_recipients() -> list[str]:
    """{local}, {own}, {relayed}, {foreign} and {literal} stand for each server's own."""
    ours = ["{local}", "{own}", "{relayed}", "[{literal}]"]
    theirs = ["{foreign}", "[127.0.0.1]", "[198.51.100.1]", "localhost", "sub.{local}", "x{local}", "{local}.{foreign}"]
    recipients = ["known@{local}", "known@{relayed}", "known@{foreign}", "nobody@{local}", "postmaster", "known",
                  "postmaster@{own}", "PostMaster@{own}", "known@{own}", "known@[{literal}]"]
    recipients += [f"known@{theirs_}" for theirs_ in theirs]
    for here in ours:
        for there in (*theirs, "{local}", "{relayed}"):
            recipients += [
                f"known%{there}@{here}", f"{there}!known@{here}", f"@{here}:known@{there}", f"@{here},@{there}:known@{there}",
                f'"known@{there}"@{here}', f'"known%{there}"@{here}', f'"{there}!known"@{here}', f"known@{there}@{here}",
                f'"known\\@{there}"@{here}', f"known({there})@{here}", f"known@{there}({here})", f"known@{here}(@{there})",
            ]
        recipients += [f"known@{here}.", f"known@{here}..", f"known@.{here}", f"known @{here}", f"known@ {here}",
                       f'""@{here}', f'"known"@{here}', f'"kno\\wn"@{here}', f"{'k' * 300}@{here}", f"known@{'k' * 300}.{here}"]
    for mark in ("\u3002", "\uff0e", "\uff61", "\u00ad.", ".\u200b", "\u2024"):
        for name in ("{local}", "{relayed}"):
            recipients.append("known@" + name + mark + "{foreign}")
    for name in ("\u0430lpha.example", "bet\u0430.example", "g\u0430mma.example", "rel\u0430yed.example", "relayed\u3002example",
                 "\uff52elayed.example", "relayed.exam\u00adple", "RELAYED.EXAMPLE", "Relayed.Example", "xn--relayed.example"):
        recipients.append(f"known@{name}")
    for literal in ("[IPv6:::1]", "[IPv6:::ffff:{literal}]", "[0.0.0.0]", "[127.1]", "[2130706433]", "[IPv6:fe80::1%lo]", "127.0.0.1",
                    "[{literal}", "{literal}]", "[[{literal}]]", "[IPv6:{literal}]", "[]"):
        recipients.append(f"known@{literal}")
    return list(dict.fromkeys(recipients))


@pytest.fixture(scope="module")
def peers(postfix, exim):
    return [Server("postfix", postfix.address, postfix.domain, "mx1.beta.example"),
            Server("exim", exim.address, exim.domain, "mx1.gamma.example")]


@pytest.fixture
def ours(make_cursus):
    instance = make_cursus(domains={"relay": [RELAYED]}, limits={"bad_commands": 1000})
    people = instance.directory / "people"
    people.write_text("known: /var/empty\npostmaster: /var/empty\n")
    instance.settings["table"] = [{"name": "people", "kind": "file", "path": str(people)}]
    instance.settings["local"] |= {"users": "table:people"}
    instance.write_configuration()
    instance.start()
    return Server("cursus", instance.address, instance.own_domain, f"mx1.{instance.own_domain}")


@pytest.mark.parametrize("source", [STRANGER, LISTED])
def test_nothing_is_taken_that_both_others_refuse(ours, peers, source):
    recipients = hostile_recipients()
    assert len(recipients) > 300
    mine = ours.answers(source, recipients)
    theirs = [peer.answers(source, recipients) for peer in peers]
    alone = [recipient for recipient in recipients
             if is_taken(mine[recipient]) and not any(is_taken(answers[recipient]) for answers in theirs)]
    unexplained = [f"{recipient}: {mine[recipient]} / {[answers[recipient] for answers in theirs]}"
                   for recipient in alone if recipient not in EXPLAINED]
    assert not unexplained, "\n".join(unexplained)
    assert source == LISTED or EXPLAINED == set(alone), "what needs no explanation has none"
    # The three are asked the same thing: else nothing is shown.
    for answers in (mine, *theirs):
        assert is_taken(answers["known@{local}"]) and is_taken(answers["known@{relayed}"])
        assert is_taken(answers["known@{foreign}"]) == (source == LISTED)


def test_a_stranger_reaches_local_mailboxes_and_the_relay_domain_only(ours):
    """What is taken of a stranger names our own domain, address or host, or the relay domain, behind its last @."""
    answers = ours.answers(STRANGER, hostile_recipients())
    taken = [ours.spell(recipient) for recipient, answer in answers.items() if is_taken(answer)]
    hosts = {recipient.rpartition("@")[2].lower() for recipient in taken if "@" in recipient}
    assert hosts <= {ours.domain, RELAYED, ours.own, f"[{ours.address}]", f"[ipv6:::ffff:{ours.address}]"}
    through = [recipient for recipient in taken if recipient.lower().endswith(RELAYED)]
    assert through and not [recipient for recipient in through if set("%!") & set(recipient) or '@' in recipient.lstrip("@").rpartition("@")[0].rpartition(":")[2]]


def is_taken(answer: str) -> bool:
    return answer.startswith("250")
