"""In charge of messages into the groups of chat platforms: a connector of the system “chat” is one group's robot."""

import json

from tenon.errors import BadRequest
from tenon.exchange.calling import Unreachable, call
from tenon.exchange.channels.base import CHANNELS, Channel, Receipt, Sending
from tenon.exchange.channels.robots import Robot, robot_of
from tenon.jobs import GiveUp, Unsure
from tenon.settings import secret_named
from tenon.texts import Text, say


class Chat(Channel):
    def check(self, sending: Sending) -> None:
        _robot(sending)

    def send(self, sending: Sending) -> Receipt:
        robot, connector = _robot(sending), sending.connector
        if connector is None:
            raise _unknown()
        secret = secret_named(connector.credentials.secret) if connector.credentials.secret else ""
        text = "\n".join(filter(None, (sending.record["subject"], sending.record["body"])))
        address, body = robot.request(connector.url, secret, text, sending.now)
        try:
            answer = call(
                address,
                body=json.dumps(body, ensure_ascii=False).encode(),
                headers={"Content-Type": "application/json; charset=utf-8"},
                private=sending.house.settings.private_addresses,
            )
        except BadRequest as refusal:
            raise GiveUp(refusal.message) from refusal
        except Unreachable as error:
            if error.sent:
                raise Unsure(_unsure(robot)) from error
            raise
        return _taken(robot, answer.status, answer.text)


CHANNELS.register("chat")(Chat())


def _robot(sending: Sending) -> Robot:
    connector = sending.connector
    robot = None if connector is None else robot_of(connector.url)
    if robot is None:
        raise _unknown()
    return robot


def _taken(robot: Robot, status: int, text: str) -> Receipt:
    """Raises GiveUp for what is refused for good; what may pass later is tried again."""
    try:
        said = json.loads(text)
    except ValueError:
        said = {}
    code = robot.refusal(said) if isinstance(said, dict) else 0
    if status < 300 and code == 0:
        return Receipt(text)
    if status >= 500 or status == 429 or code in robot.busy:
        raise Unreachable(f"{robot.name}: {status} {text[:500]}", sent=False)
    raise GiveUp(
        say("{robot} refused it: {told}", "{robot} 拒绝：{told}", robot=robot.name, told=f"{status} {text[:500]}")
    )


def _unknown() -> GiveUp:
    return GiveUp(
        say(
            "This connector is no robot of a chat group: its address must be one of WeCom, DingTalk or Feishu.",
            "此连接器不是群机器人：地址应为企业微信、钉钉或飞书的机器人地址。",
        )
    )


def _unsure(robot: Robot) -> Text:
    return say(
        "The connection to {robot} ended while the message was sent. Look whether it arrived.",
        "发送时与{robot}的连接中断，请确认消息是否已送达。",
        robot=robot.name,
    )
