"""python_milter.py SOCKET SCRIPT HEARD: a milter (libmilter's, by way of pymilter) that does what a script says.

SCRIPT is JSON, read for each connection: for a step (connect, helo, mail, rcpt, data, header, eoh, body, unknown) or a
step and its value ("rcpt <bob@b.example>") one of "accept", "reject", "tempfail", "discard", "skip", or a reply
["550", "5.7.1", "line", ...]; for "end" a list of changes, in order, of which the last may be such an answer:
    ["add", name, value]  ["insert", index, name, value]  ["change", index, name, value or ""]  ["body", text]
    ["sender", address, parameters?]  ["recipient", address, parameters?]  ["not", address]  ["quarantine", reason]
    ["wait", seconds, how often]     busy for so long
"without" is a list of steps it does not want to see, "silent" of those it does not answer, "macros" what it asks for at
a step: {"connect": "j {client_addr}"}. HEARD gets a line of JSON for all that it hears: the step and its values.
"""

import json
import os
import sys
import time

import Milter

ANSWERS = {"accept": Milter.ACCEPT, "reject": Milter.REJECT, "tempfail": Milter.TEMPFAIL, "discard": Milter.DISCARD,
           "skip": Milter.SKIP, "continue": Milter.CONTINUE}
WITHOUT = {"connect": Milter.P_NOCONNECT, "helo": Milter.P_NOHELO, "mail": Milter.P_NOMAIL, "rcpt": Milter.P_NORCPT,
           "data": Milter.P_NODATA, "header": Milter.P_NOHDRS, "eoh": Milter.P_NOEOH, "body": Milter.P_NOBODY,
           "unknown": Milter.P_NOUNKNOWN}
SILENT = {"connect": Milter.P_NR_CONN, "helo": Milter.P_NR_HELO, "mail": Milter.P_NR_MAIL, "rcpt": Milter.P_NR_RCPT,
          "data": Milter.P_NR_DATA, "header": Milter.P_NR_HDR, "eoh": Milter.P_NR_EOH, "body": Milter.P_NR_BODY,
          "unknown": Milter.P_NR_UNKN}
MACRO_STEPS = {"connect": 0, "helo": 1, "mail": 2, "rcpt": 3, "data": 4, "end": 5, "eoh": 6}
WATCHED = ("j", "_", "{client_addr}", "{client_name}", "{client_port}", "{daemon_name}", "{tls_version}", "{auth_authen}", "{mail_addr}",
           "{rcpt_addr}", "{rcpt_mailer}", "i")


class Scripted(Milter.Base):
    script_path = heard = None

    def __init__(self):
        with open(self.script_path, encoding="utf-8") as script:
            self.script = json.load(script)

    def negotiate(self, options):
        steps = Milter.P_RCPT_REJ if self.script.get("refused recipients") else 0
        for word in self.script.get("without", ()):
            steps |= WITHOUT[word]
        self.silent = self.script.get("silent", ())
        for word in self.silent:
            steps |= SILENT[word]
        for step, names in self.script.get("macros", {}).items():
            self._ctx.setsymlist(MACRO_STEPS[step], names)
        options[0], options[1] = options[0], steps
        return Milter.CONTINUE

    def hear(self, step, *values):
        macros = {name: value for name in WATCHED if (value := self.getsymval(name)) is not None}
        line = json.dumps([step, *[str(value) for value in values], macros]) + "\n"
        os.write(self.heard, line.encode())

    def note(self, step, *values):
        self.hear(step, *values)
        if step in self.silent:
            return Milter.NOREPLY
        value = str(values[0]) if values else ""
        return self.answer(self.script.get(f"{step} {value}", self.script.get(step, "continue")))

    def answer(self, wanted):
        if isinstance(wanted, str):
            return ANSWERS[wanted]
        self.setreply(*wanted)
        return Milter.REJECT if wanted[0].startswith("5") else Milter.TEMPFAIL

    def connect(self, name, family, address):
        return self.note("connect", name, address[0] if address else "unknown")

    def hello(self, name):
        return self.note("helo", name)

    def envfrom(self, sender, *parameters):
        return self.note("mail", sender, *parameters)

    def envrcpt(self, recipient, *parameters):
        return self.note("rcpt", recipient, *parameters)

    def data(self):
        return self.note("data")

    @Milter.decode("bytes")
    def header(self, name, value):
        return self.note("header", name, value.decode("utf-8", "replace"))

    def eoh(self):
        return self.note("eoh")

    def body(self, octets):
        return self.note("body", octets.decode("utf-8", "replace"))

    def unknown(self, line):
        return self.note("unknown", line)

    def eom(self):
        self.hear("end")
        for change in self.script.get("end", ()):
            if isinstance(change, str) or change[0].isdigit():
                return self.answer(change)
            getattr(self, f"change_{change[0]}")(*change[1:])
        return Milter.CONTINUE

    def change_add(self, name, value):
        self.addheader(name, value)

    def change_insert(self, index, name, value):
        self.addheader(name, value, index)

    def change_change(self, index, name, value):
        self.chgheader(name, index, value)

    def change_body(self, text):
        self.replacebody(text.encode())

    def change_sender(self, address, *parameters):
        self.chgfrom(address, *parameters)

    def change_recipient(self, address, *parameters):
        self.addrcpt(address, *parameters)

    def change_not(self, address):
        self.delrcpt(address)

    def change_quarantine(self, reason):
        self.quarantine(reason)

    def change_wait(self, seconds, times):
        for _ in range(times):
            time.sleep(seconds)
            self.progress()

    def abort(self):
        self.hear("abort")
        return Milter.CONTINUE

    def close(self):
        self.hear("close")
        return Milter.CONTINUE


def main(where: str, script: str, heard: str) -> None:
    Scripted.script_path = script
    Scripted.heard = os.open(heard, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    Milter.factory = Scripted
    Milter.set_flags(Milter.ADDHDRS | Milter.CHGHDRS | Milter.CHGBODY | Milter.ADDRCPT | Milter.ADDRCPT_PAR | Milter.DELRCPT
                     | Milter.CHGFROM | Milter.QUARANTINE | Milter.SETSYMLIST)
    Milter.runmilter("scripted", where, 600)


if __name__ == "__main__":
    main(*sys.argv[1:])
