"""The settings with which the Functions host runs the app against the stand-ins: `.local/local.settings.json`."""

from __future__ import annotations

from local import demo
from local.acs.options import connection_string
from local.challenge.app import VERIFY
from local.challenge.tokens import SECRET
from local.signalr import SignalROptions
from local.start import Start

ACS_SECRET = "INTERACT_SECRET_ACS"
CHALLENGE_SECRET = "INTERACT_SECRET_CHALLENGE"


def host_settings(start: Start) -> dict[str, object]:
    """The document as the Functions tools know it."""
    from local.stand_ins import issuer_options

    issuer = issuer_options(start)
    addresses, secrets = start.addresses, start.secrets
    signalr = SignalROptions(secrets.signalr_access_key)
    return {
        "IsEncrypted": False,
        "Values": {
            "FUNCTIONS_WORKER_RUNTIME": "python",
            "AzureWebJobsStorage": start.storage_connection_string,
            "INTERACT_SESSION_KEY": secrets.session_key,
            "INTERACT_PUBLIC_URL": addresses.functions,
            "INTERACT_BOT_APP_ID": demo.BOT_APP_ID,
            "INTERACT_BOT_TENANT_ID": demo.TENANT_ID,
            "INTERACT_BOT_SECRET": secrets.bot_secret,
            "INTERACT_BOT_TOKEN_URL": f"{addresses.desk}/{demo.TENANT_ID}/oauth2/v2.0/token",
            "INTERACT_BOT_KEYS_URL": f"{addresses.desk}/keys",
            "INTERACT_BOT_SERVICE_HOSTS": "localhost",
            "INTERACT_SIGNALR_CONNECTION_STRING": signalr.connection_string(addresses.base + 3),
            "INTERACT_ACS_BROWSER_ENDPOINT": addresses.acs_for_browsers,
            "INTERACT_CONFIG_CACHE_SECONDS": "1",
            "INTERACT_GRAPH_URL": f"{addresses.desk}/graph/v1.0",
            "INTERACT_PRESENCE_SECONDS": "1",
            "INTERACT_LIMIT_FACTOR": f"{start.limit_factor:g}",
            "INTERACT_TURNSTILE_VERIFY_URL": f"{addresses.challenge}{VERIFY['turnstile']}",
            "INTERACT_HCAPTCHA_VERIFY_URL": f"{addresses.challenge}{VERIFY['hcaptcha']}",
            "INTERACT_ADMIN_AUDIENCE": demo.ADMIN_APP_ID,
            "INTERACT_ADMIN_ISSUER": issuer.issuer,
            "INTERACT_ADMIN_KEYS_URL": issuer.keys_url,
            "INTERACT_SITE_KEY_HOSTS": "localhost",
            CHALLENGE_SECRET: SECRET,
            ACS_SECRET: connection_string(addresses.acs, secrets.acs_access_key),
        },
    }
