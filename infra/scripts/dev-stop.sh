#!/usr/bin/env bash
# Stops dev for the day that Slack is down; the bot's `/d2 stop dev` also ends what runs on it gracefully.
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=dev-environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/dev-environment.sh"

usage() {
  cat <<USAGE
Usage: dev-stop.sh [dev] [options]
Stops dev's instances, then its database, and waits until they are. What is stopped already stays so.

  --yes              don't ask
  --every SECONDS    how often to look, default 10
  --deadline MINUTES how long to wait for the instances, and then for the database, default 30
$option_help
USAGE
}

read_options '--yes --every --deadline' "$@"
check_access
look_at_instances
look_at_database
demand_something

still_on=$(ids_in pending running)
case $database_state in
  '' | stopped | stopping) ;;
  *) still_on="$still_on$database" ;;
esac
if [ -n "$still_on" ] && [ -z "$yes" ]; then
  tell "$(states)${instances:+, }database ${database_state:-none}"
  printf 'Stop %s? type dev: ' "${still_on% }"
  read -r answer || answer=''
  [ "$answer" = dev ] || fail 'Nothing was stopped.' 'answer dev, or give --yes.'
fi

asked=''
instances_are_stopped() {
  local running complaint=''
  look_at_instances
  running=$(ids_in running)
  if [ -n "$running" ] && [ "$running" != "$asked" ]; then
    asked=$running
    # Unquoted: one argument an id.
    # shellcheck disable=SC2086
    aws ec2 stop-instances --instance-ids $running --query "StoppingInstances[].InstanceId" >/dev/null || complaint=$(words)
    look_at_instances
    # A reply can be lost on its way: how things stand is what counts.
    [ -z "$complaint" ] || [ -z "$(ids_in running)" ] ||
      fail "The instances would not stop ($(states)): $complaint" "$(remedy "$complaint")"
  fi
  tell "$(states)"
  [ -z "$(ids_in pending running stopping)" ]
}

database_asked=''
database_is_stopped() {
  local complaint=''
  look_at_database
  ! is_broken "$database_state" ||
    fail "The database is $database_state, and can't be stopped like that." "read its events in RDS's console."
  if [ "$database_state" = available ] && [ -z "$database_asked" ]; then
    database_asked=yes
    aws rds stop-db-instance --db-instance-identifier "$database" --query "DBInstance.DBInstanceStatus" >/dev/null || complaint=$(words)
    look_at_database
    [ -z "$complaint" ] || [ "$database_state" != available ] ||
      fail "The database would not stop and is $database_state: $complaint" "$(remedy "$complaint")"
  fi
  tell "database ${database_state:-gone}"
  [ -z "$database_state" ] || [ "$database_state" = stopped ]
}

if [ -n "$instances" ]; then
  wait_until instances_are_stopped ||
    fail "After $deadline minutes: $(states)." 'look with dev-status.sh and run this again; an instance that hangs can be stopped by force in the EC2 console.'
fi
if [ -n "$database" ]; then
  wait_until database_is_stopped ||
    fail "After $deadline minutes the database is $database_state." 'run this again once dev-status.sh says that it is available; what is stopped stays so.'
fi

echo 'dev is stopped.'

costs='storage, backups'
count_cost() {
  local rows
  if ! rows=$("$1"); then
    costs="$costs, $2 (not readable: $(words))"
  elif [ -n "$rows" ]; then
    costs="$costs, $2"
  fi
}
count_cost list_nat_gateways 'the NAT gateway'
count_cost list_endpoints 'the interface endpoints'
count_cost find_balancer 'the load balancer'
echo "Still paid for: $costs. What has a toggle costs nothing once that is off (infra/terraform/envs/dev/terraform.tfvars)."
if [ -n "$database" ]; then
  echo "AWS starts the database by itself 7 days after its stop (${database_restart/None/no time said}): stop it again then."
fi
