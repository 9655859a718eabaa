"""In charge of the security headers of every answer."""

from collections.abc import Sequence

from flask import Response

_NOWHERE = "frame-ancestors 'none'"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-src 'self'",
        _NOWHERE,
        "base-uri 'none'",
        "manifest-src 'self'",
    )
)


HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def policy_within(origins: Sequence[str]) -> str:
    """The policy of a page that pages of our own and of these sites may show in a frame."""
    return CONTENT_SECURITY_POLICY.replace(_NOWHERE, " ".join(("frame-ancestors 'self'", *origins)))


def secure(response: Response) -> Response:
    """No inline script or style, no framing, no sniffing, no referrer to other sites; a view may say otherwise.

    Who may frame a page is said once: a view that names the sites says it in its policy, in place of the older header.
    """
    headers = response.headers
    present = {name for name, _value in headers}
    policy = headers.get("Content-Security-Policy", "")
    if "frame-ancestors" in policy and _NOWHERE not in policy:
        present.add("X-Frame-Options")
    for name, value in HEADERS.items():
        if name not in present:
            headers.add(name, value)
    return response
