"""Real scanners, unpacked: clamd with signatures of our own, spamd with rules of our own, and rspamd with little more than
its core. Each knows a few words by which a test says what is to be found in a message."""

import os
import shutil
import socket

from . import paths
from .processes import Process, descendants, wait_until

CLAMD, SPAMD, RSPAMD = ("127.0.6.10", 3310), ("127.0.6.40", 783), ("127.0.6.20", 11333)

# clamd finds VIRUS_NAME in what holds VIRUS_MARK, and takes no more than STREAM_OCTETS_MAX.
VIRUS_MARK, VIRUS_NAME = "a-virus-of-the-test-world", "Cursus.Test.UNOFFICIAL"
STREAM_OCTETS_MAX = 2 * 1024 * 1024
CLAMD_CONF = """
DatabaseDirectory {d}/signatures
TemporaryDirectory {d}/temporary
LocalSocket {d}/clamd.sock
LocalSocketMode 666
TCPSocket {port}
TCPAddr {address}
StreamMaxLength {size_max}
MaxThreads 2
Foreground yes
"""

# spamd's threshold is 5: a message with SPAM_MARK has 7.5 and one with ODD_MARK 1.5, with both 9, else 0.
SPAM_MARK, ODD_MARK = "junk-of-the-test-world", "oddity-of-the-test-world"
SPAMD_RULES = f"""
required_score 5
use_bayes 0
body LOCAL_JUNK /{SPAM_MARK}/
score LOCAL_JUNK 7.5
body LOCAL_ODD /{ODD_MARK}/
score LOCAL_ODD 1.5
"""

# rspamd has the same rules and thresholds of its own; besides, it knows words for what it is to do, and tells in fields of
# the header what it was told of the client. It hangs up on what is larger than its max_message.
REWRITE_MARK, DEFER_MARK, ERROR_MARK = "subject-of-the-test-world", "later-of-the-test-world", "reply-of-the-test-world"
RSPAMD_MAX_MESSAGE = 3 * 1024 * 1024
RSPAMD_CONF = """
options {{
    pidfile = "{d}/pid";
    tempdir = "{d}";
    cache_file = "{d}/symbols.cache";
    hs_cache_dir = "{d}/";
    history_file = "";
    url_tld = "{d}/suffixes";
    control_socket = "{d}/control.sock mode=0600";
    filters = "";
    local_addrs = [];
    max_message = {max_message};
    dns {{ nameserver = "127.0.0.1:53"; timeout = 1s; retransmits = 1; }}
}}
logging {{ type = "file"; filename = "{d}/rspamd.log"; level = "info"; }}
worker "normal" {{
    bind_socket = "{address}:{port}";
    bind_socket = "{d}/rspamd.sock mode=0666";
    count = 1;
}}
actions {{ reject = 15; add_header = 6; greylist = 4; subject = "[SPAM] %s"; }}
lua = "{d}/rules.lua";
"""
RSPAMD_RULES = """
local function body_has(task, mark)
  return string.find(tostring(task:get_content()), mark, 1, true) ~= nil
end
local function told(what)
  return what and tostring(what) or 'nothing'
end
local function addresses(list)
  local all = {}
  for _, one in ipairs(list or {}) do all[#all + 1] = one.addr end
  return table.concat(all, ',')
end
local function rule(name, score, action)
  rspamd_config:register_symbol({ name = name, type = 'normal', callback = action })
  rspamd_config:set_metric_symbol({ name = name, score = score })
end
rule('LOCAL_JUNK', 7.5, function(task) return body_has(task, '%(SPAM_MARK)s') end)
rule('LOCAL_ODD', 1.5, function(task) return body_has(task, '%(ODD_MARK)s') end)
rule('LOCAL_SUBJECT', 0.0, function(task)
  if body_has(task, '%(REWRITE_MARK)s') then task:set_pre_result('rewrite subject', 'as told') end
end)
rule('LOCAL_LATER', 0.0, function(task)
  if body_has(task, '%(DEFER_MARK)s') then task:set_pre_result('soft reject', 'Come back later') end
end)
rule('LOCAL_REPLY', 0.0, function(task)
  if body_has(task, '%(ERROR_MARK)s') then task:set_pre_result('reject', 'Not this one') end
end)
rspamd_config:register_symbol({ name = 'LOCAL_TOLD', type = 'postfilter', callback = function(task)
  local fields = {
    ['X-Told-Ip'] = told(task:get_from_ip()),
    ['X-Told-Helo'] = told(task:get_helo()),
    ['X-Told-Host'] = told(task:get_hostname()),
    ['X-Told-User'] = told(task:get_user()),
    ['X-Told-Queue'] = told(task:get_queue_id()),
    ['X-Told-Server'] = told(task:get_request_header('MTA-Name')),
    ['X-Told-From'] = addresses(task:get_from('smtp')),
    ['X-Told-To'] = addresses(task:get_recipients('smtp')),
    ['X-Told-First'] = { value = 'a value that\\n\\tis folded', order = 1 },
  }
  task:set_milter_reply({ add_headers = fields, remove_headers = { ['X-Forged'] = 0, ['X-Twice'] = -1 } })
end })
"""


class Scanner:
    name, endpoint = "", ("", 0)

    def __init__(self):
        self.address, self.port = self.endpoint
        self.directory = paths.WORLD / self.name
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir()
        self.directory.chmod(0o777)

    def start(self):
        self._process = Process(self.name, self.command())
        wait_until(self._listens, self.name)
        return self

    def _listens(self) -> bool:
        self._process.must_run()
        with socket.socket() as probe:
            return probe.connect_ex((self.address, self.port)) == 0

    def stop(self) -> None:
        self._process.stop()

    def signal(self, number: int) -> None:
        """To it and all that it has forked: SIGSTOP makes it stall, SIGCONT go on."""
        for pid in (self._process.pid, *descendants(self._process.pid)):
            os.kill(pid, number)


class Clamd(Scanner):
    name, endpoint = "clamd", CLAMD

    def command(self) -> list:
        for part in ("signatures", "temporary"):
            (self.directory / part).mkdir(exist_ok=True)
        signature = f"{VIRUS_NAME.removesuffix('.UNOFFICIAL')}:0:*:{VIRUS_MARK.encode().hex()}\n"
        (self.directory / "signatures/test.ndb").write_text(signature)
        configuration = self.directory / "clamd.conf"
        configuration.write_text(CLAMD_CONF.format(d=self.directory, address=self.address, port=self.port, size_max=STREAM_OCTETS_MAX))
        return ["clamd", "-c", configuration]

    @property
    def socket(self) -> str:
        return str(self.directory / "clamd.sock")


class Spamd(Scanner):
    name, endpoint = "spamd", SPAMD

    def command(self) -> list:
        for part in ("rules", "site"):
            (self.directory / part).mkdir(exist_ok=True)
        (self.directory / "site/init.pre").write_text("loadplugin Mail::SpamAssassin::Plugin::Check\n")
        (self.directory / "rules/local.cf").write_text(SPAMD_RULES)
        return ["spamd", "-L", "-x", "-i", self.address, "-p", str(self.port), "-A", "127.0.0.0/8", "-C", self.directory / "rules",
                f"--siteconfigpath={self.directory / 'site'}", "-m", "2", "--min-children=1", "--max-spare=1", "-u", "nobody",
                "-s", "stderr", "-r", self.directory / "pid"]


class Rspamd(Scanner):
    name, endpoint = "rspamd", RSPAMD

    def command(self) -> list:
        rules = RSPAMD_RULES % {name: value for name, value in globals().items() if name.endswith("_MARK")}
        (self.directory / "rules.lua").write_text(rules)
        # The world's whole list takes it fifteen seconds to compile.
        (self.directory / "suffixes").write_text("com\nexample\nnet\norg\n")
        configuration = self.directory / "rspamd.conf"
        configuration.write_text(RSPAMD_CONF.format(d=self.directory, address=self.address, port=self.port, max_message=RSPAMD_MAX_MESSAGE))
        return ["rspamd", "-f", "-c", configuration, "-u", "nobody", "-g", "nogroup"]

    @property
    def socket(self) -> str:
        return str(self.directory / "rspamd.sock")
