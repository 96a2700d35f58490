# shellcheck shell=bash
# shellcheck disable=SC2034 # ROOT and TOOLS are for the scripts that source this
# Common functions, sourced by the scripts in this folder. It is not a command.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
TOOLS="$ROOT/.tools"

say() { printf '%s\n' "$*" >&2; }

die() {
  printf '\nerror: %s\n' "$*" >&2
  exit 1
}

# keep_saying WHAT COMMAND... runs a command that may be silent for minutes, and says every 15 s that it still runs.
# WHAT is a function that prints how far it is.
keep_saying() {
  local what="$1" begin=$SECONDS ticker code=0
  shift
  # It ends with this script, whatever ends that, and holds none of its locks and outputs while it sleeps.
  (
    while sleep 15 >/dev/null 2>&1 && kill -0 "$$" 2>/dev/null; do
      say "... still at it after $((SECONDS - begin)) s: $("$what")"
    done
  ) 9>&- &
  ticker=$!
  "$@" || code=$?
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  return "$code"
}

# show_help SCRIPT prints the comment at the top of a script, so that the help text is written once.
show_help() {
  sed -n '2,/^$/{s/^# \{0,1\}//p;}' "$1"
}
