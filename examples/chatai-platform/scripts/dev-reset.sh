#!/bin/sh
# Throws away everything that the services hold, and starts them empty. Asks first; --yes has been asked.
set -eu
. "$(dirname "$0")/compose.sh"

if [ "${1:-}" != --yes ]; then
  echo 'This deletes the data of postgres, redis, minio and rabbitmq.'
  printf 'Type chatai to go on: '
  read -r answer || answer=
  if [ "$answer" != chatai ]; then
    echo 'Nothing was deleted.'
    exit 1
  fi
fi
compose --profile tools down --volumes
compose up -d --wait
