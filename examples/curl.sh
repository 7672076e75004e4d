#!/usr/bin/env bash
# Ask, stream, and write in a stored conversation, with nothing but curl:
#   examples/curl.sh Who is Robin?
set -euo pipefail

url=${SIDEKICK_URL:-http://localhost:8000/graphql}
question=${*:-Who is Robin?}
question=${question//\\/\\\\}
question=${question//\"/\\\"}

# The request's body: $1 is the document, $2 its variables as JSON.
body() { echo "{\"query\": \"${1//$'\n'/ }\", \"variables\": $2}"; }

# A query or a mutation.
ask() {
    curl -sS --fail-with-body "$url" -H 'content-type: application/json' \
        -d "$(body "$@")"
    echo
}

# A subscription: also by POST, answered as server-sent events.
follow() {
    curl -sSN --fail-with-body "$url" -H 'content-type: application/json' \
        -H 'accept: text/event-stream' -d "$(body "$@")"
}

# The first value of a field in JSON text.
field() { sed -nE "s/.*\"$1\": ?\"([^\"]+)\".*/\1/p" | head -n 1; }

echo '# 1. Ask, and wait for the whole answer'
history="{\"history\": [{\"role\": \"USER\", \"content\": \"$question\"}]}"
ask 'mutation ($history: [MessageInput!]!) { chat(history: $history) {
  message { content } tokenUsage { totalTokens } cost { amount currency } } }' "$history"

echo '# 2. Watch it being written'
events='__typename cursor generationId ... on GenerationDelta { delta }
  ... on GenerationEnded { status message { content } cost { amount } problem { code } }'
follow "subscription (\$history: [MessageInput!]!) {
  chatStream(history: \$history) { $events } }" "$history"

echo '# 3. A stored conversation: create, send, follow'
conversation=$(ask 'mutation { createConversation(input: {}) {
  conversation { id } } }' '{}' | field id)
# The key makes a retry safe: the same one is answered and billed once.
generation=$(ask 'mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { generation { id } } }' "{\"input\": {
    \"conversationId\": \"$conversation\", \"content\": \"$question\",
    \"idempotencyKey\": \"curl-$RANDOM-$$\"}}" | field id)
document="subscription (\$id: ID!, \$after: String) {
  generationEvents(generationId: \$id, after: \$after) { $events } }"
# As if the connection broke after the third event …
seen=$(follow "$document" "{\"id\": \"$generation\"}" 2>/dev/null | grep --line-buffered '^data: {' |
    head -n 3 || true)
echo "$seen"

echo '# 4. Resume behind the last event that was seen'
cursor=$(tail -n 1 <<<"$seen" | field cursor)
follow "$document" "{\"id\": \"$generation\", \"after\": \"$cursor\"}"
