# shellcheck shell=bash
# Finds a Chromium. Sourced by the scripts that need a real browser.

# Sets CHROMIUM to a browser that Playwright can drive. Debian's is installed if possible.
find_chromium() {
  local name
  if [[ -n "${CHROMIUM:-}" ]]; then return; fi
  for name in chromium chromium-browser google-chrome; do
    if CHROMIUM="$(command -v "$name")"; then return; fi
  done
  if command -v apt-get >/dev/null 2>&1 && [[ "$(id -u)" == 0 ]]; then
    say "Installing Debian's chromium ..."
    local log
    log="$(mktemp)"
    if { apt-get update && apt-get install --yes --no-install-recommends chromium; } >"$log" 2>&1 </dev/null &&
      CHROMIUM="$(command -v chromium)"; then
      rm -f "$log"
      return
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
  fi
  die "there is no Chromium on this machine. Install it ('sudo apt-get install chromium') or set" \
    "CHROMIUM to the path of a Chromium or Chrome."
}
