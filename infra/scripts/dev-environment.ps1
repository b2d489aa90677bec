# What dev-status.ps1, dev-start.ps1 and dev-stop.ps1 share: the AWS CLI, and what dev consists of.
# Dot-sourced, never run by itself. Windows PowerShell 5.1 is enough. Keep it to the calls of dev-environment.sh.
#
# This was never run where it was written, for there was no PowerShell; a test compares its AWS calls with those of
# dev-environment.sh, which tests run for real.

$ErrorActionPreference = 'Stop'
# What the AWS CLI complains of is read below; it must not end the script before.
$PSNativeCommandUseErrorActionPreference = $false

$OptionHelp = @'
  -Region REGION     default ap-southeast-1
  -Project PROJECT   the value of the tag Project, default d2-ride-booking
  -Help

Environment
  AWS_PROFILE        the account and the person, as for any aws command
  D2_AWS_ARGS        more arguments for every aws command, such as --endpoint-url http://127.0.0.1:4566

Exit codes: 0 done, 1 not done (what to do next is said), 2 used wrongly
'@

# What went wrong, and the next step.
function Stop-Failed([string]$What, [string]$Next) {
  [Console]::Error.WriteLine($What)
  [Console]::Error.WriteLine("Next: $Next")
  exit 1
}

function Stop-Misused([string]$What) {
  [Console]::Error.WriteLine($What)
  [Console]::Error.WriteLine('Next: see -Help')
  exit 2
}

# Checks what all three scripts take; what else was on the command line is in $More.
function Assert-Options([string[]]$More) {
  if ($More) { Stop-Misused "There is no option $($More[0])." }
  if ($Environment -cne 'dev') { Stop-Misused "These scripts know dev alone, not $Environment." }
  # They become part of a filter or a query.
  foreach ($value in $Region, $Project) {
    if ($value -cnotmatch '\A[A-Za-z0-9.][A-Za-z0-9._-]*\z') { Stop-Misused "-Region or -Project can't be $value." }
  }
}

# Checks what those that wait take too.
function Assert-Patience {
  if ($Every -cnotmatch '\A[0-9]+(\.[0-9]+)?\z') { Stop-Misused '-Every takes seconds.' }
  if ($Deadline -cnotmatch '\A[0-9]+\z') { Stop-Misused '-Deadline takes whole minutes.' }
}

# The AWS CLI, answering in tab-separated lines; sets $Ok, and what it complained of on one line in $Words.
function aws {
  $all = @($args | ForEach-Object { $_ }) + @('--region', $Region, '--output', 'text')
  if ($env:D2_AWS_ARGS) { $all += -split $env:D2_AWS_ARGS }
  # Windows PowerShell makes an error of each line on stderr.
  $ErrorActionPreference = 'Continue'
  $said = @(& $script:AwsCli $all 2>&1)
  $script:Ok = $LASTEXITCODE -eq 0
  $complaints = $said | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } | ForEach-Object { "$_" }
  $script:Words = ($complaints -join '') -replace '\p{C}', ''
  $said | Where-Object { $_ -isnot [System.Management.Automation.ErrorRecord] -and "$_" -ne '' } | ForEach-Object { "$_" }
}

# The next step after such a complaint.
function Get-Remedy([string]$Complaint) {
  switch -Regex -CaseSensitive ($Complaint) {
    'locate credentials|[Ee]xpired|InvalidClientTokenId|AuthFailure|UnrecognizedClient|SignatureDoesNotMatch|config profile|SSO' {
      return 'sign in (aws sso login, or aws configure), name the account by AWS_PROFILE, and try again.'
    }
    'AccessDenied|UnauthorizedOperation|not authorized' {
      return 'ask an admin for these rights, or take credentials that have them by AWS_PROFILE.'
    }
    'Could not connect|onnect timeout|Read timeout|Connection was closed|Invalid endpoint' {
      return 'check the network, -Region and D2_AWS_ARGS, and try again.'
    }
    'Throttl|RequestLimitExceeded|Rate exceeded' {
      return 'wait a minute and try again.'
    }
  }
  return 'look with dev-status.ps1, and try again.'
}

# Ends for AWS's last complaint; $What says what could not be done.
function Stop-WithWords([string]$What) {
  Stop-Failed "${What}: $Words" (Get-Remedy $Words)
}

# Ends where there is no AWS CLI 2, or nobody is signed in.
function Assert-Access {
  $install = 'install version 2: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html'
  $found = Get-Command aws -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
  if (-not $found) { Stop-Failed 'There is no AWS CLI here.' $install }
  $script:AwsCli = $found.Path
  $ErrorActionPreference = 'Continue'
  $version = "$(& $script:AwsCli --version 2>&1)"
  if (-not $version.StartsWith('aws-cli/2')) {
    Stop-Failed "AWS CLI 2 is needed, and this is $(($version -split ' ')[0])." $install
  }
  $answer = aws sts get-caller-identity --query "[Account,Arn]"
  if (-not $Ok) { Stop-WithWords 'AWS did not let you in' }
  $account, $caller = $answer -split "`t"
  Write-Output "$Environment of $Project in $Region, account $account, as $caller"
}

# Of each: id, state, private address, service, name. What the bot runs on is not dev's, whatever its other tags say.
function Get-Instances {
  aws ec2 describe-instances `
    --filters "Name=tag:Project,Values=$Project" "Name=tag:Environment,Values=$Environment" "Name=instance-state-name,Values=pending,running,stopping,stopped" `
    --query "Reservations[].Instances[] | [?Tags[?Key=='Service' && Value!='chatops']].[InstanceId,State.Name,PrivateIpAddress,Tags[?Key=='Service'].Value|[0],Tags[?Key=='Name'].Value|[0]]"
}

# Its id, state, host, and when AWS will start it again; nothing when there is none.
function Get-Database {
  aws rds describe-db-instances `
    --query "DBInstances[?DBInstanceIdentifier=='$Project-$Environment-rds-mysql'].[DBInstanceIdentifier,DBInstanceStatus,Endpoint.Address,AutomaticRestartTime]"
}

# Of each instance whose agent has reported: id, ping status.
function Get-Agents([string]$Ids) {
  aws ssm describe-instance-information `
    --filters "Key=InstanceIds,Values=$Ids" `
    --query "InstanceInformationList[].[InstanceId,PingStatus]"
}

function Get-NatGateways {
  aws ec2 describe-nat-gateways `
    --filter "Name=tag:Project,Values=$Project" "Name=tag:Environment,Values=$Environment" `
    --query "NatGateways[?State!='deleted'].[NatGatewayId,State]"
}

function Get-Endpoints {
  aws ec2 describe-vpc-endpoints `
    --filters "Name=tag:Project,Values=$Project" "Name=tag:Environment,Values=$Environment" "Name=vpc-endpoint-type,Values=Interface" `
    --query "VpcEndpoints[].[VpcEndpointId,State,ServiceName]"
}

# Its ARN, name, state and host; nothing when there is none.
function Get-Balancer {
  aws elbv2 describe-load-balancers `
    --query "LoadBalancers[?LoadBalancerName=='$Project-$Environment-alb'].[LoadBalancerArn,LoadBalancerName,State.Code,DNSName]"
}

# What no waiting mends.
function Test-Broken([string]$State) {
  $State -cmatch '\A(failed|storage-full|restore-error|insufficient-capacity|incompatible-.*|inaccessible-.*)\z'
}

# Sets $Instances to what there is now.
function Read-Instances {
  $script:Instances = @(Get-Instances)
  if (-not $Ok) { Stop-WithWords "The instances can't be read" }
}

# Sets $Database, empty where there is none, its state, and when AWS will start it again.
function Read-Database {
  $row = @(Get-Database)
  if (-not $Ok) { Stop-WithWords "The database can't be read" }
  $script:Database = ''
  $script:DatabaseState = ''
  $script:DatabaseRestart = ''
  if ($row) { $script:Database, $script:DatabaseState, $null, $script:DatabaseRestart = $row[0] -split "`t" }
}

function Assert-Something {
  if (-not $Instances -and -not $Database) {
    Stop-Failed "Nothing is here that belongs to $Environment of $Project." `
      'check -Region, -Project and AWS_PROFILE; if all toggles are off, turn enable_ec2_backend and enable_rds on and run terraform apply in infra/terraform/envs/dev.'
  }
}

# The ids of the instances that are in one of these states.
function Select-Ids([string[]]$States) {
  foreach ($row in $Instances) {
    $id, $state, $null = $row -split "`t"
    if ($States -ccontains $state) { $id }
  }
}

# How the instances stand: `backend-api running, bastion stopped`.
function Format-States {
  $said = foreach ($row in $Instances) {
    $null, $state, $null, $service, $null = $row -split "`t"
    "$service $state"
  }
  $said -join ', '
}

# Says how things stand, once each time that it changes.
$Told = ''
function Write-Change([string]$What) {
  if ($script:Told -cne $What) { Write-Host "  $What" }
  $script:Told = $What
}

# Asks $Done again and again until it is true; false when the deadline has come.
function Wait-Until([scriptblock]$Done) {
  $began = Get-Date
  while (-not (& $Done)) {
    if (((Get-Date) - $began).TotalMinutes -ge [int]$Deadline) { return $false }
    Start-Sleep -Milliseconds ([double]$Every * 1000)
  }
  return $true
}
