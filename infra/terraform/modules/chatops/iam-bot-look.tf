data "aws_iam_policy_document" "bot_look" {
  # status, start, stop, health, logs, pm2 …: what there is, and what can't be stopped. These calls of EC2's know no
  # resource, so all of the region's instances, NAT gateways and endpoints are seen.
  statement {
    sid = "LookAtEc2"
    actions = [
      "ec2:DescribeInstanceAttribute",
      "ec2:DescribeInstances",
      "ec2:DescribeNatGateways",
      "ec2:DescribeSpotInstanceRequests",
      "ec2:DescribeVpcEndpoints",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  # status, start, stop: databases and their states. The list has no narrower ARN; tags are looked at afterwards.
  statement {
    sid       = "LookAtDatabases"
    actions   = ["rds:DescribeDBInstances"]
    resources = ["${local.at.rds}:db:*"]
  }

  # status, health: load balancers, their listeners, targets and tags. These calls know no resource.
  statement {
    sid = "LookAtBalancers"
    actions = [
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  # status: alarms that fire. The list can't be narrowed by tag.
  statement {
    sid       = "LookAtAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = ["${local.at.cloudwatch}:alarm:*"]
  }

  # status, health, pm2 …: whether an agent answers, and how a command ended. These calls know no resource: what other
  # people's commands printed could be read by them too, so nobody should have secrets printed by Run Command.
  statement {
    sid       = "LookAtCommands"
    actions   = ["ssm:DescribeInstanceInformation", "ssm:GetCommandInvocation", "ssm:ListCommands"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  # logs: lines of the services' groups and of no others.
  statement {
    sid     = "ReadLogs"
    actions = ["logs:DescribeLogStreams", "logs:FilterLogEvents"]
    # AWS writes a group's ARN with `:*` in some places and without in others.
    resources = flatten([for name in var.log_groups : [
      "${local.at.logs}:log-group:${name}",
      "${local.at.logs}:log-group:${name}:*",
    ]])
  }

  # cognito …: which pool is the environment's; it is found by name, or by its tags. The list knows no resource.
  statement {
    sid       = "ListPools"
    actions   = ["cognito-idp:ListUserPools"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  # cognito list, show, config: the environments' pools.
  statement {
    sid = "LookAtUsers"
    actions = [
      "cognito-idp:AdminGetUser",
      "cognito-idp:AdminListGroupsForUser",
      "cognito-idp:DescribeUserPool",
      "cognito-idp:ListGroups",
      "cognito-idp:ListUserPoolClients",
      "cognito-idp:ListUsers",
    ]
    resources = ["${local.at["cognito-idp"]}:userpool/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Project"
      values   = [var.project]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = var.environments
    }
  }

  # Every command for an environment of another account: the roles that d2.yaml names there. What they may do is said
  # in that account.
  dynamic "statement" {
    for_each = length(var.environment_roles) > 0 ? [var.environment_roles] : []

    content {
      sid       = "PlayEnvironments"
      actions   = ["sts:AssumeRole"]
      resources = statement.value
    }
  }
}
