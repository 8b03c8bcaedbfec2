#!/usr/bin/env bash
# Before azd packs the app: the same content as infra/deploy.sh deploys.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

options=()
[[ ${INTERACT_OPEN_TELEMETRY:-false} != true ]] || options=(--telemetry)
exec python3 infra/package.py --directory .local/deploy/app ${options[@]+"${options[@]}"}
