#!/usr/bin/env bash
# Whether a deployment answers as browsers need it: infra/smoke.sh URL
# Changes nothing and needs no rights. INTERACT_SMOKE_SECONDS: how long it may take to become ready, 180 by default.
set -euo pipefail

URL=${1:?usage: infra/smoke.sh https://…}
URL=${URL%/}
PATIENCE=${INTERACT_SMOKE_SECONDS:-180}
# Reserved for examples: it can be nobody's website.
ORIGIN=https://smoke.example

main() {
  check_health
  check_preflight
  check_answer "the widget's loader" 200 /widget/interact.js
  check_answer "a refusal to a page that nobody knows" 403 "/api/widget/v1/contact?widgetKey=smoke&serviceId=smoke"
  check_answer "the bot's door, shut to strangers" 401 /api/messages --data '{}' --header 'content-type: application/json'
}

fail() {
  printf '  ✗ %s\n' "$1" >&2
  exit 1
}

# status PATH OPTIONS…: the HTTP status, or 000; the body is in $BODY.
status() {
  local path=$1
  shift
  BODY=$(curl --silent --show-error --max-time 30 --write-out '\n%{http_code}' "$@" "$URL$path" 2>&1) || true
  STATUS=${BODY##*$'\n'}
  BODY=${BODY%$'\n'*}
}

# The first call wakes an instance up; settings that refer to the vault may take a moment after the first deployment.
check_health() {
  local deadline=$((SECONDS + PATIENCE))
  until status /api/health && [[ $STATUS == 200 ]]; do
    ((SECONDS < deadline)) || fail "$URL/api/health answers $STATUS after $PATIENCE s: $BODY"
    sleep 2
  done
  printf '  health: %s\n' "$BODY"
}

# As a browser asks before it sends JSON. With CORS set on the platform, the app would never see it.
check_preflight() {
  local headers
  headers=$(curl --silent --show-error --max-time 30 --output /dev/null --dump-header - --request OPTIONS \
    --header "Origin: $ORIGIN" --header 'Access-Control-Request-Method: POST' \
    --header 'Access-Control-Request-Headers: authorization,content-type' "$URL/api/widget/v1/sessions")
  grep -qi "^access-control-allow-origin: $ORIGIN" <<<"$headers" ||
    fail "a preflight gets no permission; is CORS set on the function app? It has to be empty. Answer: $headers"
  grep -qi '^access-control-allow-headers:.*authorization' <<<"$headers" ||
    fail "a preflight is not allowed to send authorization: $headers"
  printf '  preflight of the widget API\n'
}

# check_answer WHAT STATUS PATH OPTIONS…
check_answer() {
  local what=$1 expected=$2
  shift 2
  status "$@"
  [[ $STATUS == "$expected" ]] || fail "$what: $URL$1 answers $STATUS, not $expected"
  printf '  %s\n' "$what"
}

main
