"""Chat robots and the gateway for text messages get what they expect, signed as they ask; refusals are noted."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from samples.pool_world import Pond
from samples.talk_world import open_talk, told
from services.listener import Listener
from tenon.clock import FixedClock

ROBOTS = {
    "x_wecom": "/cgi-bin/webhook/send?key=k1",
    "x_dingtalk": "/robot/send?access_token=t1",
    "x_feishu": "/open-apis/bot/v2/hook/h1",
}
TEMPLATE = """
label: Hello
channel: sms
entity: x_client
body: {en: "Hello {{ name }}", zh-CN: "您好 {{ name }}"}
provider: {template: SMS_1, sign: {en: Pond, zh-CN: 池塘}, values: {client: name}}
"""


def files(listener: Listener) -> Mapping[str, str]:
    found = {"templates/x_hello.yaml": TEMPLATE}
    steps = []
    for name, path in ROBOTS.items():
        auth = "{kind: none}" if name == "x_wecom" else "{kind: hmac, secret: X_ROBOT}"
        found[f"connectors/{name}.yaml"] = f'label: {name}\nsystem: chat\nurl: "{listener.url}{path}"\nauth: {auth}\n'
        steps.append(f'  {name}: {{chat: {{connector: {name}, text: "Signed: {{{{ name }}}}"}}}}')
    found["automations/x_tell.yaml"] = (
        "label: Tell\non: {updated: {entity: x_client, fields: [signed]}}\nrun_as: system\ndo:\n"
        + "\n".join(steps)
        + "\n  text: {sms: {to: [owner, '\"+8613800138000\"'], template: x_hello}}\n"
        + '  people: {chat: {to: owner, text: "You: {{ name }}"}}\n'
    )
    return found


@pytest.fixture
def talk(
    tmp_path: Path, sqlite_url: str, clock: FixedClock, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pond]:
    monkeypatch.setenv("X_ROBOT", "SECrobot")
    settings = {"PRIVATE_ADDRESSES": "yes", "SMS_URL": f"{listener.url}/sms", "SMS_SECRET": "sms key"}
    opened = open_talk(tmp_path / "talk", sqlite_url, clock, files(listener), **settings)
    opened.change("user", opened.ids["sam"], phone="+86 138 0000 0000", language="zh-CN")
    opened.workspace.background.run_due()
    yield opened
    opened.workspace.close()


def signed(key: str, words: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()).decode()


def test_each_robot_is_spoken_to_in_its_own_way(talk: Pond, listener: Listener, clock: FixedClock) -> None:
    talk.change("x_client", talk.ids["Acme"], "sam", signed=True)
    talk.workspace.background.run_due()
    heard = {urlsplit(each.path).path: each for each in listener.heard}
    wecom = heard["/cgi-bin/webhook/send"]
    assert json.loads(wecom.body) == {"msgtype": "text", "text": {"content": "Signed: Acme"}}
    dingtalk = parse_qs(urlsplit(heard["/robot/send"].path).query)
    stamp = str(int(clock.now().timestamp() * 1000))
    assert dingtalk["timestamp"] == [stamp]
    assert dingtalk["sign"] == [signed("SECrobot", f"{stamp}\nSECrobot")]
    feishu = json.loads(heard["/open-apis/bot/v2/hook/h1"].body)
    stamp = str(int(clock.now().timestamp()))
    assert (feishu["timestamp"], feishu["sign"]) == (stamp, signed(f"{stamp}\nSECrobot", ""))
    assert feishu["content"] == {"text": "Signed: Acme"}
    texts = [json.loads(each.body) for each in listener.heard if each.path == "/sms"]
    assert [(each["to"], each["text"], each["sign"]) for each in texts] == [
        (["+8613800000000"], "您好 Acme", "池塘"),
        (["+8613800138000"], "Hello Acme", "Pond"),
    ]
    assert texts[0]["values"] == {"client": "Acme"}
    assert told(talk, "sam") == [("automation", "You: Acme")]
    assert {each["status"] for each in talk.find("message")} == {"sent"}


def test_what_a_robot_refuses_is_noted_and_what_it_cannot_take_now_comes_later(
    talk: Pond, listener: Listener, clock: FixedClock
) -> None:
    listener.answers = [
        (200, '{"errcode": 45009, "errmsg": "api freq out of limit"}'),
        (200, '{"errcode": 310000, "errmsg": "sign not match"}'),
        (200, '{"code": 0}'),
    ]
    talk.change("x_client", talk.ids["Acme"], "sam", signed=True)
    for _step in range(12):
        talk.workspace.background.run_due()
        clock.advance(minutes=2)
    state = {each["connector"]: each for each in talk.find("message", 'channel == "chat"')}
    assert {name: each["status"] for name, each in state.items()} == {
        "x_wecom": "sent",
        "x_dingtalk": "failed",
        "x_feishu": "sent",
    }
    assert "sign not match" in state["x_dingtalk"]["error"]
