"""In charge of the channels messages leave by: one file each, found by the message's `channel`."""

import sys

from tenon.exchange.channels.base import CHANNELS, Channel, Receipt, Sending

__all__ = ["CHANNELS", "Channel", "Receipt", "Sending"]

CHANNELS.discover(sys.modules[__name__])
