#!/usr/bin/env bash
# Lints and verifies the migrations that a pull request brings, plans what is pending on a database, and comments all of it.
# The environment says which: GODWIT_BASE (a git revision), GODWIT_LINT, GODWIT_VERIFY, GODWIT_COMMENT (true or false),
# DATABASE_URL (empty: nothing is planned), GH_TOKEN, PULL_REQUEST (empty: nothing is commented), GITHUB_REPOSITORY.
set -uo pipefail

marker='<!-- godwit -->'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=()

# What GitHub takes is 65536 characters.
longest=60000

# part <name> <file> <command …>: runs it, shows what it says, and keeps it. Exit code 3: it found something. What it loads is the pull
# request's own code: the token is not for that.
part() {
  local name=$1 file=$2 code=0
  shift 2
  NO_COLOR=1 env -u GH_TOKEN npx --no-install godwit "$@" >"$file" 2>&1 || code=$?
  cat "$file"
  echo "$name=$code" >>"${GITHUB_OUTPUT:-/dev/null}"
  [ "$code" -eq 0 ] || failed+=("$name ($code)")
}

section() {
  printf '\n### %s\n\n' "$1"
}

echo "$marker" >"$work/comment.md"
if [ "${GODWIT_LINT:-true}" = true ]; then
  # Its lines are annotations: they show in the files of the pull request.
  part lint "$work/lint" lint --since "$GODWIT_BASE" --format github
fi
if [ "${GODWIT_VERIFY:-true}" = true ]; then
  part verify "$work/verify" verify --since "$GODWIT_BASE" --ci
  { section 'Do they come back?'; printf '```text\n'; cat "$work/verify"; printf '```\n'; } >>"$work/comment.md"
fi
if [ -n "${DATABASE_URL:-}" ]; then
  part plan "$work/plan" plan --format github
  { section 'What they would do'; tail -n +2 "$work/plan"; } >>"$work/comment.md"
fi
cat "$work/comment.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
if [ "$(wc -c <"$work/comment.md")" -gt "$longest" ]; then
  mv "$work/comment.md" "$work/whole.md"
  { echo "$marker"; printf '\n*Too long for a comment: this is its beginning, and all of it is in the summary of the job.*\n'; head -c "$longest" "$work/whole.md"; } >"$work/comment.md"
fi

if [ "${GODWIT_COMMENT:-true}" = true ] && [ -n "${PULL_REQUEST:-}" ]; then
  comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
  # One comment, brought up to date by each push.
  id=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
  if [ -n "$id" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$work/comment.md"
  else
    gh api --silent --method POST "$comments" --field "body=@$work/comment.md"
  fi || echo "::warning::Godwit's comment could not be written; permissions: pull-requests: write"
fi

if [ "${#failed[@]}" -gt 0 ]; then
  echo "::error::Godwit: ${failed[*]}"
  exit 1
fi
