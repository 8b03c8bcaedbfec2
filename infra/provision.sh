#!/usr/bin/env bash
# Registration, trust, first administrator, consent, policy and the app for Teams alone: what an Entra administrator
# runs who does not deploy, once the resources are there.
#
#   infra/provision.sh dev|test|prod [options of infra/deploy.sh, such as --plan, --graph and --administrator]
set -euo pipefail

environment=${1:?usage: infra/provision.sh dev|test|prod [options]}
shift
exec "$(dirname "${BASH_SOURCE[0]}")/deploy.sh" "$environment" --only registration,provision "$@"
