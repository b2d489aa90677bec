#!/usr/bin/env bash
# How dev stands, the worst first, for the day that Slack is down.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=dev-environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/dev-environment.sh"

usage() {
  cat <<USAGE
Usage: dev-status.sh [dev] [options]
Shows dev's instances and their SSM agents, database, NAT gateway, endpoints, load balancer and health: bad news first.
Changes nothing.

$option_help
USAGE
}

read_options '' "$@"
check_access
rows=$scratch/rows
: >"$rows"
unread=''

# Keeps a row for the table: mark, what, state, name, detail. None of it may move the cursor.
row() {
  local mark=$1 rank
  case $mark in bad) rank=0 ;; wait) rank=1 ;; ok) rank=2 ;; *) rank=3 ;; esac
  shift
  printf '%s\t%-5s %-13s %-12s %-32s %s\n' "$rank" "$mark" "${1//[[:cntrl:]]/}" "${2//[[:cntrl:]]/}" "${3//[[:cntrl:]]/}" "${4//[[:cntrl:]]/}" >>"$rows"
}

# A source that can't be read is bad news of its own, and hides none of the others.
unknown() {
  unread=yes
  row bad "$1" unknown '' "$(words)"
}

mark_of() {
  if is_broken "$1"; then echo bad; return; fi
  case $1 in
    running | available | active | healthy) echo ok ;;
    stopped | unused | none) echo off ;;
    unhealthy) echo bad ;;
    *) echo wait ;;
  esac
}

if instances=$(list_instances); then
  running=$(ids_in running)
  running=${running% }
  agents='' agents_unread=''
  if [ -n "$running" ]; then
    agents=$(list_agents "${running// /,}") || { agents_unread=yes; unknown 'SSM agents'; }
  fi
  [ -n "$instances" ] || row off instances none '' ''
  while IFS=$'\t' read -r id state address service name; do
    [ -n "$id" ] || continue
    mark=$(mark_of "$state")
    detail="$id ${address/None/}"
    if [ "$state" = running ] && [ -z "$agents_unread" ]; then
      case $agents in
        *"$id"$'\t'Online*) detail="$detail, SSM online" ;;
        *) mark=bad detail="$detail, SSM does not reach it" ;;
      esac
    fi
    row "$mark" "$service" "$state" "$name" "$detail"
  done <<<"$instances"
else
  unknown instances
fi

if database=$(find_database); then
  IFS=$'\t' read -r name state host restart <<<"$database"
  detail=${host/None/}
  [ "$state" != stopped ] || detail="$detail, AWS starts it at $restart"
  row "$(mark_of "${state:-none}")" database "${state:-none}" "$name" "$detail"
else
  unknown database
fi

if gateways=$(list_nat_gateways); then
  [ -n "$gateways" ] || row off 'NAT gateway' none '' ''
  while IFS=$'\t' read -r id state; do
    [ -z "$id" ] || row "$(mark_of "$state")" 'NAT gateway' "$state" "$id" ''
  done <<<"$gateways"
else
  unknown 'NAT gateway'
fi

if endpoints=$(list_endpoints); then
  [ -n "$endpoints" ] || row off endpoint none '' ''
  while IFS=$'\t' read -r id state service; do
    [ -z "$id" ] || row "$(mark_of "$state")" endpoint "$state" "$id" "${service##*.}"
  done <<<"$endpoints"
else
  unknown endpoints
fi

# Its listener's port, where it serves plain HTTP: with a certificate, that one only sends everybody to HTTPS.
find_port() {
  aws elbv2 describe-listeners --load-balancer-arn "$1" --query "Listeners[?Protocol=='HTTP' && DefaultActions[0].Type!='redirect'].[Port]"
}

list_groups() {
  aws elbv2 describe-target-groups --load-balancer-arn "$1" --query "TargetGroups[].[TargetGroupArn,TargetGroupName]"
}

list_targets() {
  aws elbv2 describe-target-health --target-group-arn "$1" --query "TargetHealthDescriptions[].[Target.Id,TargetHealth.State,TargetHealth.Reason]"
}

# /health, as whoever comes through the load balancer has it.
row_health() {
  local address=$2 port url code
  if ! port=$(find_port "$1"); then
    unknown health
    return
  fi
  port=${port%%$'\n'*}
  if [ -z "$port" ]; then
    row off health 'not asked' '' 'no listener serves plain HTTP, and the certificate is for another name'
    return
  fi
  # 80 goes without saying.
  [ "$port" = 80 ] || address+=:$port
  url=http://$address/health
  code=$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 5 "$url" 2>/dev/null)
  case $code in
    200) row ok health "$code" '' "$url" ;;
    '' | 000) row bad health 'no answer' '' "$url" ;;
    *) row bad health "$code" '' "$url" ;;
  esac
}

if balancer=$(find_balancer); then
  if [ -z "$balancer" ]; then
    row off 'load balancer' none '' ''
  else
    IFS=$'\t' read -r arn name state host <<<"$balancer"
    row "$(mark_of "$state")" 'load balancer' "$state" "$name" "$host"
    in_use=''
    if groups=$(list_groups "$arn"); then
      while IFS=$'\t' read -r group name; do
        if [ -z "$group" ]; then continue; fi
        if targets=$(list_targets "$group"); then
          while IFS=$'\t' read -r id state reason; do
            [ -n "$id" ] || continue
            [ "$state" = unused ] || in_use=yes
            row "$(mark_of "$state")" target "$state" "$name" "$id ${reason/None/}"
          done <<<"$targets"
        else
          unknown target
        fi
      done <<<"$groups"
    else
      unknown targets
    fi
    if [ -n "$in_use" ]; then
      row_health "$arn" "$host"
    else
      row off health 'not asked' '' 'no target is running'
    fi
  fi
else
  unknown 'load balancer'
fi

sort -s -k 1,1n "$rows" | cut -f 2
[ -z "$unread" ] || fail 'Not everything could be read.' "see the rows that say unknown: rights, the network or AWS itself."
