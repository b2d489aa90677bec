# Starts dev for the day that Slack is down; the bot's `/d2 start dev` also looks at PM2 and the service's health.
# This was never run where it was written, for there was no PowerShell: a test compares its AWS calls with dev-start.sh's.
[CmdletBinding(PositionalBinding = $false)]
param(
  [Parameter(Position = 0)][string]$Environment = 'dev',
  [string]$Every = '10',
  [string]$Deadline = '30',
  [string]$Region = 'ap-southeast-1',
  [string]$Project = 'd2-ride-booking',
  [switch]$Help,
  [Parameter(ValueFromRemainingArguments = $true)][string[]]$More
)
. (Join-Path $PSScriptRoot 'dev-environment.ps1')

if ($Help) {
  Write-Output @"
Usage: dev-start.ps1 [dev] [options]
Starts dev's database, then its instances, and waits until Session Manager reaches them. What is up already stays so.

  -Every SECONDS     how often to look, default 10
  -Deadline MINUTES  how long to wait for each of database, instances and SSM agents, default 30
$OptionHelp
"@
  exit 0
}

Assert-Options $More
Assert-Patience
Assert-Access
Read-Instances
Read-Database
Assert-Something

$databaseAsked = $false
function Test-DatabaseAvailable {
  $complaint = ''
  Read-Database
  if (-not $Database) { Stop-Failed 'The database is gone.' 'turn enable_rds on and run terraform apply in infra/terraform/envs/dev.' }
  if (Test-Broken $DatabaseState) {
    Stop-Failed "The database is $DatabaseState, which a start does not mend." "read its events in RDS's console."
  }
  if ($DatabaseState -ceq 'stopped' -and -not $script:databaseAsked) {
    $script:databaseAsked = $true
    $null = aws rds start-db-instance --db-instance-identifier $Database --query "DBInstance.DBInstanceStatus"
    if (-not $Ok) { $complaint = $Words }
    Read-Database
    # A reply can be lost on its way: how things stand is what counts.
    if ($complaint -and $DatabaseState -ceq 'stopped') {
      Stop-Failed "The database would not start and is stopped: $complaint" (Get-Remedy $complaint)
    }
  }
  Write-Change "database $DatabaseState"
  $DatabaseState -ceq 'available'
}

$asked = ''
function Test-InstancesRunning {
  $complaint = ''
  Read-Instances
  $stopped = @(Select-Ids 'stopped')
  if ($stopped -and "$stopped" -cne $script:asked) {
    $script:asked = "$stopped"
    $null = aws ec2 start-instances --instance-ids $stopped --query "StartingInstances[].InstanceId"
    if (-not $Ok) { $complaint = $Words }
    Read-Instances
    if ($complaint -and (Select-Ids 'stopped')) {
      Stop-Failed "The instances would not start ($(Format-States)): $complaint" (Get-Remedy $complaint)
    }
  }
  Write-Change (Format-States)
  -not (Select-Ids 'stopped', 'stopping', 'pending')
}

$offline = ''
function Test-AgentsOnline {
  $running = @(Select-Ids 'running')
  $online = @(Get-Agents ($running -join ','))
  if (-not $Ok) { Stop-WithWords "The SSM agents can't be read" }
  $script:offline = @($running | Where-Object { $online -cnotcontains "$_`tOnline" }) -join ', '
  Write-Change $(if ($script:offline) { "SSM agents not yet online: $script:offline" } else { 'SSM agents online' })
  -not $script:offline
}

if ($Database -and -not (Wait-Until { Test-DatabaseAvailable })) {
  Stop-Failed "After $Deadline minutes the database is $DatabaseState." 'run this again: it goes on from there.'
}
if ($Instances) {
  if (-not (Wait-Until { Test-InstancesRunning })) {
    Stop-Failed "After $Deadline minutes: $(Format-States)." 'look with dev-status.ps1 and run this again.'
  }
  if (-not (Wait-Until { Test-AgentsOnline })) {
    Stop-Failed "After $Deadline minutes SSM does not reach $offline." 'see that enable_nat_gateway or enable_ssm_vpc_endpoints is on: the agent needs a road to SSM.'
  }
}

Write-Output 'dev is up. See dev-status.ps1 for its health.'
