# Stops dev for the day that Slack is down; the bot's `/d2 stop dev` also ends what runs on it gracefully.
# This was never run where it was written, for there was no PowerShell: a test compares its AWS calls with dev-stop.sh's.
[CmdletBinding(PositionalBinding = $false)]
param(
  [Parameter(Position = 0)][string]$Environment = 'dev',
  [switch]$Yes,
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
Usage: dev-stop.ps1 [dev] [options]
Stops dev's instances, then its database, and waits until they are. What is stopped already stays so.

  -Yes               don't ask
  -Every SECONDS     how often to look, default 10
  -Deadline MINUTES  how long to wait for the instances, and then for the database, default 30
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

$stillOn = @(Select-Ids 'pending', 'running')
if (@('', 'stopped', 'stopping') -cnotcontains $DatabaseState) { $stillOn += $Database }
if ($stillOn -and -not $Yes) {
  $databaseNow = if ($Database) { $DatabaseState } else { 'none' }
  Write-Change ((@(Format-States) + "database $databaseNow" | Where-Object { $_ }) -join ', ')
  $answer = Read-Host "Stop $($stillOn -join ' ')? type dev"
  if ($answer -cne 'dev') { Stop-Failed 'Nothing was stopped.' 'answer dev, or give -Yes.' }
}

$asked = ''
function Test-InstancesStopped {
  $complaint = ''
  Read-Instances
  $running = @(Select-Ids 'running')
  if ($running -and "$running" -cne $script:asked) {
    $script:asked = "$running"
    $null = aws ec2 stop-instances --instance-ids $running --query "StoppingInstances[].InstanceId"
    if (-not $Ok) { $complaint = $Words }
    Read-Instances
    # A reply can be lost on its way: how things stand is what counts.
    if ($complaint -and (Select-Ids 'running')) {
      Stop-Failed "The instances would not stop ($(Format-States)): $complaint" (Get-Remedy $complaint)
    }
  }
  Write-Change (Format-States)
  -not (Select-Ids 'pending', 'running', 'stopping')
}

$databaseAsked = $false
function Test-DatabaseStopped {
  $complaint = ''
  Read-Database
  if (Test-Broken $DatabaseState) {
    Stop-Failed "The database is $DatabaseState, and can't be stopped like that." "read its events in RDS's console."
  }
  if ($DatabaseState -ceq 'available' -and -not $script:databaseAsked) {
    $script:databaseAsked = $true
    $null = aws rds stop-db-instance --db-instance-identifier $Database --query "DBInstance.DBInstanceStatus"
    if (-not $Ok) { $complaint = $Words }
    Read-Database
    if ($complaint -and $DatabaseState -ceq 'available') {
      Stop-Failed "The database would not stop and is ${DatabaseState}: $complaint" (Get-Remedy $complaint)
    }
  }
  $now = if ($DatabaseState) { $DatabaseState } else { 'gone' }
  Write-Change "database $now"
  @('', 'stopped') -ccontains $DatabaseState
}

if ($Instances -and -not (Wait-Until { Test-InstancesStopped })) {
  Stop-Failed "After $Deadline minutes: $(Format-States)." 'look with dev-status.ps1 and run this again; an instance that hangs can be stopped by force in the EC2 console.'
}
if ($Database -and -not (Wait-Until { Test-DatabaseStopped })) {
  Stop-Failed "After $Deadline minutes the database is $DatabaseState." 'run this again once dev-status.ps1 says that it is available; what is stopped stays so.'
}

Write-Output 'dev is stopped.'

$costs = 'storage, backups'
function Add-Cost([object[]]$Rows, [string]$What) {
  if (-not $Ok) { $script:costs += ", $What (not readable: $Words)" }
  elseif ($Rows) { $script:costs += ", $What" }
}
Add-Cost @(Get-NatGateways) 'the NAT gateway'
Add-Cost @(Get-Endpoints) 'the interface endpoints'
Add-Cost @(Get-Balancer) 'the load balancer'
Write-Output "Still paid for: $costs. What has a toggle costs nothing once that is off (infra/terraform/envs/dev/terraform.tfvars)."
if ($Database) {
  $when = $DatabaseRestart -creplace 'None', 'no time said'
  Write-Output "AWS starts the database by itself 7 days after its stop ($when): stop it again then."
}
