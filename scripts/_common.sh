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

# show_help SCRIPT prints the comment at the top of a script, so that the help text is written once.
show_help() {
  sed -n '2,/^$/{s/^# \{0,1\}//p;}' "$1"
}
