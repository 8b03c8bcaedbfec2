#!/usr/bin/env bash
# After azd has deployed the code: the functions, their events, what lies outside the group, the smoke test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

azd env set INTERACT_NEW_SESSION_KEY ""
exec infra/deploy.sh "${INTERACT_ENVIRONMENT:-dev}" --from functions
