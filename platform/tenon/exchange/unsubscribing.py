"""In charge of the link by which a reader says that he wants no more of a topic: signed, so that nobody else can."""

from itsdangerous import BadSignature, URLSafeSerializer

from tenon.errors import NotFound
from tenon.exchange.house import House
from tenon.texts import say

PATH = "/unsubscribe/"


def unsubscribe_address(house: House, address: str, topic: str) -> str:
    """ "" when this installation has no public address."""
    return house.address(PATH + _signer(house.secret()).dumps([address.casefold(), topic]))


def read_unsubscription(secret: bytes, token: str) -> tuple[str, str]:
    """Address and topic. Raises NotFound for what was not signed here."""
    try:
        address, topic = _signer(secret).loads(token)
    except (BadSignature, ValueError) as error:
        raise NotFound(say("This link is not valid.", "此链接无效。")) from error
    return str(address), str(topic)


def _signer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="tenon.unsubscribe")
