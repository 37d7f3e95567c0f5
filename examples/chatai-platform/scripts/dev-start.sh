#!/bin/sh
# Starts every service of docker-compose.yml and waits until all of them are healthy.
set -eu
. "$(dirname "$0")/compose.sh"

[ -f .env ] || cp .env.example .env
compose up -d --wait
compose ps
