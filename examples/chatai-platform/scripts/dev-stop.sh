#!/bin/sh
# Stops every service; what is in them stays.
set -eu
. "$(dirname "$0")/compose.sh"

compose --profile tools down
