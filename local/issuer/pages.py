"""The pages on which one chooses who one is: plain HTML, no script, everything escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from starlette.responses import HTMLResponse

from local.issuer.options import Application, Audience, IssuerOptions

# The answer to a form leads to the application on this machine, which `form-action` has to allow.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self' http://localhost:* http://127.0.0.1:* https://localhost:* https://127.0.0.1:*"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-store",
    # Without any referrer browsers name no origin in our own forms either.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def choose(
    options: IssuerOptions, application: Application, action: str, hidden: Mapping[str, str], said: str = ""
) -> HTMLResponse:
    """Choose who one is; the form goes to `action`, with what is hidden in it."""
    fields = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(hidden[name])}">' for name in hidden)
    offer = _customer_form() if application.audience is Audience.CUSTOMERS else _people(options)
    note = f'<p class="said" role="alert">{escape(said)}</p>' if said else ""
    body = f"""
      <h1>Sign in to {escape(application.name)}</h1>
      <p>This is the sign-in of this machine. There are no passwords: {_asked(application)} who you are.</p>
      {note}
      <form method="post" action="{escape(action)}">
        {fields}
        {offer}
        <button class="quiet" name="deny" value="yes" formnovalidate>Do not sign in</button>
      </form>"""
    return _page("Sign in", body)


def enter_code(action: str, user_code: str = "", said: str = "") -> HTMLResponse:
    """Type the code that a device shows."""
    note = f'<p class="said" role="alert">{escape(said)}</p>' if said else ""
    body = f"""
      <h1>Enter the code</h1>
      <p>The program that asked you to come here shows a code of eight letters.</p>
      {note}
      <form method="get" action="{escape(action)}">
        <label>Code <input name="user_code" value="{escape(user_code)}" autocomplete="off" autocapitalize="characters"
          spellcheck="false" required autofocus></label>
        <button class="primary">Continue</button>
      </form>"""
    return _page("Enter the code", body, 400 if said else 200)


def message(title: str, text: str, status: int = 200) -> HTMLResponse:
    return _page(title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>", status)


def _asked(application: Application) -> str:
    return "say" if application.audience is Audience.CUSTOMERS else "choose"


def _people(options: IssuerOptions) -> str:
    return "".join(
        f'<button name="person" value="{escape(person.id)}">{escape(person.name)}'
        f"{f'<small>{escape(person.note)}</small>' if person.note else ''}</button>"
        for person in options.people
    )


def _customer_form() -> str:
    return """
        <label>Name <input name="name" autocomplete="name" required></label>
        <label>Email <input name="email" type="email" autocomplete="email" required></label>
        <button class="primary">Sign in</button>"""


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    content = f"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{escape(title)}</title>
    <link rel="stylesheet" href="/static/issuer.css">
  </head>
  <body>
    <main>{body}
    </main>
  </body>
</html>
"""
    return HTMLResponse(content, status, headers=HEADERS)
