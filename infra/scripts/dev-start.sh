#!/usr/bin/env bash
# Starts dev for the day that Slack is down; the bot's `/d2 start dev` also looks at PM2 and the service's health.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=dev-environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/dev-environment.sh"

usage() {
  cat <<USAGE
Usage: dev-start.sh [dev] [options]
Starts dev's database, then its instances, and waits until Session Manager reaches them. What is up already stays so.

  --every SECONDS    how often to look, default 10
  --deadline MINUTES how long to wait for each of database, instances and SSM agents, default 30
$option_help
USAGE
}

read_options '--every --deadline' "$@"
check_access
look_at_instances
look_at_database
demand_something

database_asked=''
database_is_available() {
  local complaint=''
  look_at_database
  [ -n "$database" ] || fail 'The database is gone.' 'turn enable_rds on and run terraform apply in infra/terraform/envs/dev.'
  ! is_broken "$database_state" ||
    fail "The database is $database_state, which a start does not mend." "read its events in RDS's console."
  if [ "$database_state" = stopped ] && [ -z "$database_asked" ]; then
    database_asked=yes
    aws rds start-db-instance --db-instance-identifier "$database" --query "DBInstance.DBInstanceStatus" >/dev/null || complaint=$(words)
    look_at_database
    # A reply can be lost on its way: how things stand is what counts.
    [ -z "$complaint" ] || [ "$database_state" != stopped ] ||
      fail "The database would not start and is stopped: $complaint" "$(remedy "$complaint")"
  fi
  tell "database $database_state"
  [ "$database_state" = available ]
}

asked=''
instances_are_running() {
  local stopped complaint=''
  look_at_instances
  stopped=$(ids_in stopped)
  if [ -n "$stopped" ] && [ "$stopped" != "$asked" ]; then
    asked=$stopped
    # Unquoted: one argument an id.
    # shellcheck disable=SC2086
    aws ec2 start-instances --instance-ids $stopped --query "StartingInstances[].InstanceId" >/dev/null || complaint=$(words)
    look_at_instances
    [ -z "$complaint" ] || [ -z "$(ids_in stopped)" ] ||
      fail "The instances would not start ($(states)): $complaint" "$(remedy "$complaint")"
  fi
  tell "$(states)"
  [ -z "$(ids_in stopped stopping pending)" ]
}

offline=''
agents_are_online() {
  local id online running
  running=$(ids_in running)
  running=${running% }
  online=$(list_agents "${running// /,}") || fail_with_words "The SSM agents can't be read"
  offline=''
  for id in $running; do
    case $online in *"$id"$'\t'Online*) ;; *) offline="$offline${offline:+, }$id" ;; esac
  done
  tell "SSM agents ${offline:+not yet online: }${offline:-online}"
  [ -z "$offline" ]
}

if [ -n "$database" ]; then
  wait_until database_is_available ||
    fail "After $deadline minutes the database is $database_state." 'run this again: it goes on from there.'
fi
if [ -n "$instances" ]; then
  wait_until instances_are_running ||
    fail "After $deadline minutes: $(states)." 'look with dev-status.sh and run this again.'
  wait_until agents_are_online ||
    fail "After $deadline minutes SSM does not reach $offline." 'see that enable_nat_gateway or enable_ssm_vpc_endpoints is on: the agent needs a road to SSM.'
fi

echo 'dev is up. See dev-status.sh for its health.'
