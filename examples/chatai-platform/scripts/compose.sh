# Sourced by the others: `compose` is Docker Compose as it is installed here, on this workspace's file.
cd "$(dirname "$0")/.."

if command -v docker-compose > /dev/null; then
  compose() { docker-compose "$@"; }
elif docker compose version > /dev/null 2>&1; then
  compose() { docker compose "$@"; }
else
  echo 'Docker Compose is not installed. Without it, in services/user-service:' >&2
  echo '  npx godwit db --port 5432 --user postgres --password postgres --database chatai_platform' >&2
  exit 1
fi
