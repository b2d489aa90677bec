# How dev stands, the worst first, for the day that Slack is down.
# This was never run where it was written, for there was no PowerShell: a test compares its AWS calls with dev-status.sh's.
[CmdletBinding(PositionalBinding = $false)]
param(
  [Parameter(Position = 0)][string]$Environment = 'dev',
  [string]$Region = 'ap-southeast-1',
  [string]$Project = 'd2-ride-booking',
  [switch]$Help,
  [Parameter(ValueFromRemainingArguments = $true)][string[]]$More
)
. (Join-Path $PSScriptRoot 'dev-environment.ps1')

if ($Help) {
  Write-Output @"
Usage: dev-status.ps1 [dev] [options]
Shows dev's instances and their SSM agents, database, NAT gateway, endpoints, load balancer and health: bad news first.
Changes nothing.

$OptionHelp
"@
  exit 0
}

Assert-Options $More
Assert-Access
$rows = New-Object System.Collections.ArrayList
$unread = $false

# Keeps a row for the table: mark, what, state, name, detail. None of it may move the cursor.
function Add-Row([string]$Mark, [string]$What, [string]$State, [string]$Name, [string]$Detail) {
  $rank = [Math]::Max(0, @('bad', 'wait', 'ok', 'off').IndexOf($Mark))
  $cells = @($Mark, $What, $State, $Name, $Detail) -replace '\p{C}', ''
  $line = '{0,-5} {1,-13} {2,-12} {3,-32} {4}' -f $cells
  # Sort-Object keeps no order of equals in Windows PowerShell.
  $null = $rows.Add([pscustomobject]@{ Rank = $rank; Index = $rows.Count; Line = $line })
}

# A source that can't be read is bad news of its own, and hides none of the others.
function Add-Unknown([string]$What) {
  $script:unread = $true
  Add-Row 'bad' $What 'unknown' '' $Words
}

function Get-Mark([string]$State) {
  if (Test-Broken $State) { return 'bad' }
  if (@('running', 'available', 'active', 'healthy') -ccontains $State) { return 'ok' }
  if (@('stopped', 'unused', 'none') -ccontains $State) { return 'off' }
  if ($State -ceq 'unhealthy') { return 'bad' }
  return 'wait'
}

function Remove-None([string]$Value) { $Value -creplace '\ANone\z', '' }

$Instances = @(Get-Instances)
if ($Ok) {
  $running = @(Select-Ids 'running')
  $agents = @()
  $agentsUnread = $false
  if ($running) {
    $agents = @(Get-Agents ($running -join ','))
    if (-not $Ok) {
      $agentsUnread = $true
      Add-Unknown 'SSM agents'
    }
  }
  if (-not $Instances) { Add-Row 'off' 'instances' 'none' '' '' }
  foreach ($row in $Instances) {
    $id, $state, $address, $service, $name = $row -split "`t"
    $mark = Get-Mark $state
    $detail = "$id $(Remove-None $address)"
    if ($state -ceq 'running' -and -not $agentsUnread) {
      if ($agents -ccontains "$id`tOnline") { $detail += ', SSM online' }
      else {
        $mark = 'bad'
        $detail += ', SSM does not reach it'
      }
    }
    Add-Row $mark $service $state $name $detail
  }
}
else { Add-Unknown 'instances' }

$row = @(Get-Database)
if ($Ok) {
  if ($row) {
    $name, $state, $address, $restart = $row[0] -split "`t"
    $detail = Remove-None $address
    if ($state -ceq 'stopped') { $detail += ", AWS starts it at $restart" }
    Add-Row (Get-Mark $state) 'database' $state $name $detail
  }
  else { Add-Row 'off' 'database' 'none' '' '' }
}
else { Add-Unknown 'database' }

$gateways = @(Get-NatGateways)
if ($Ok) {
  if (-not $gateways) { Add-Row 'off' 'NAT gateway' 'none' '' '' }
  foreach ($row in $gateways) {
    $id, $state = $row -split "`t"
    Add-Row (Get-Mark $state) 'NAT gateway' $state $id ''
  }
}
else { Add-Unknown 'NAT gateway' }

$endpoints = @(Get-Endpoints)
if ($Ok) {
  if (-not $endpoints) { Add-Row 'off' 'endpoint' 'none' '' '' }
  foreach ($row in $endpoints) {
    $id, $state, $service = $row -split "`t"
    $short = @($service -split '\.')[-1]
    Add-Row (Get-Mark $state) 'endpoint' $state $id $short
  }
}
else { Add-Unknown 'endpoints' }

# Its listener's port, where it serves plain HTTP: with a certificate, that one only sends everybody to HTTPS.
function Get-Port([string]$Arn) {
  aws elbv2 describe-listeners --load-balancer-arn $Arn --query "Listeners[?Protocol=='HTTP' && DefaultActions[0].Type!='redirect'].[Port]"
}

function Get-Groups([string]$Arn) {
  aws elbv2 describe-target-groups --load-balancer-arn $Arn --query "TargetGroups[].[TargetGroupArn,TargetGroupName]"
}

function Get-Targets([string]$Arn) {
  aws elbv2 describe-target-health --target-group-arn $Arn --query "TargetHealthDescriptions[].[Target.Id,TargetHealth.State,TargetHealth.Reason]"
}

# /health, as whoever comes through the load balancer has it.
function Add-Health([string]$Arn, [string]$Address) {
  $ports = @(Get-Port $Arn)
  if (-not $Ok) {
    Add-Unknown 'health'
    return
  }
  if (-not $ports) {
    Add-Row 'off' 'health' 'not asked' '' 'no listener serves plain HTTP, and the certificate is for another name'
    return
  }
  # 80 goes without saying.
  $port = if ([string]$ports[0] -eq '80') { '' } else { ":$($ports[0])" }
  $url = "http://${Address}$port/health"
  $code = ''
  try {
    $code = [string][int](Invoke-WebRequest -Uri $url -UseBasicParsing -TimeoutSec 5 -MaximumRedirection 0).StatusCode
  }
  catch {
    # Both PowerShells throw at anything but a 2xx, with different exceptions of the same property.
    if ($_.Exception.PSObject.Properties['Response'] -and $_.Exception.Response) {
      $code = [string][int]$_.Exception.Response.StatusCode
    }
  }
  if ($code -ceq '200') { Add-Row 'ok' 'health' $code '' $url }
  elseif (-not $code) { Add-Row 'bad' 'health' 'no answer' '' $url }
  else { Add-Row 'bad' 'health' $code '' $url }
}

$balancer = @(Get-Balancer)
if ($Ok) {
  if (-not $balancer) { Add-Row 'off' 'load balancer' 'none' '' '' }
  else {
    $arn, $name, $state, $address = $balancer[0] -split "`t"
    Add-Row (Get-Mark $state) 'load balancer' $state $name $address
    $inUse = $false
    $groups = @(Get-Groups $arn)
    if ($Ok) {
      foreach ($row in $groups) {
        $group, $name = $row -split "`t"
        $targets = @(Get-Targets $group)
        if ($Ok) {
          foreach ($target in $targets) {
            $id, $state, $reason = $target -split "`t"
            if ($state -cne 'unused') { $inUse = $true }
            Add-Row (Get-Mark $state) 'target' $state $name "$id $(Remove-None $reason)"
          }
        }
        else { Add-Unknown 'target' }
      }
    }
    else { Add-Unknown 'targets' }
    if ($inUse) { Add-Health $arn $address }
    else { Add-Row 'off' 'health' 'not asked' '' 'no target is running' }
  }
}
else { Add-Unknown 'load balancer' }

$rows | Sort-Object -Property @('Rank', 'Index') | ForEach-Object { $_.Line }
if ($unread) {
  Stop-Failed 'Not everything could be read.' 'see the rows that say unknown: rights, the network or AWS itself.'
}
