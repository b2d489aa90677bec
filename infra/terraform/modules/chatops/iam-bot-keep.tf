locals {
  # Both what the bot may do to the trail, and what is not denied to it.
  trail_actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:PutLogEvents"]

  plan_actions = ["s3:GetObject", "s3:GetObjectVersion"]

  # What a StartBuild may not bring along. A buildspec, an image or a role of the caller's own would be Terraform's
  # rights in the caller's hands.
  build_overrides = [
    "artifacts", "cache", "encryptionKey", "environment.certificate", "environment.computeType", "environment.fleet.fleetArn",
    "environment.image", "environment.imagePullCredentialsType", "environment.privilegedMode", "environment.registryCredential",
    "environment.type", "logsConfig", "secondaryArtifacts", "secondarySources", "serviceRole", "source", "source.buildspec",
    "source.location",
  ]
}

data "aws_iam_policy_document" "bot_keep" {
  # Every change, and every click: operations, holds, what was seen and said. Single items; there is no need to scan,
  # and TTL does the deleting.
  statement {
    sid       = "KeepOperations"
    actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.this.arn]
  }

  # Every change writes its intent and outcome; audit reads them.
  statement {
    sid       = "KeepTheTrail"
    actions   = local.trail_actions
    resources = [local.audit_group_arn, "${local.audit_group_arn}:*"]
  }

  # schedule, extend, start --for (to come): schedules of the bot's own group.
  statement {
    sid = "Schedule"
    actions = [
      "scheduler:CreateSchedule",
      "scheduler:DeleteSchedule",
      "scheduler:GetSchedule",
      "scheduler:UpdateSchedule",
    ]
    resources = ["${local.at.scheduler}:schedule/${aws_scheduler_schedule_group.this.name}/*"]
  }

  # schedule list (to come). The list knows no resource.
  statement {
    sid       = "ListSchedules"
    actions   = ["scheduler:ListSchedules"]
    resources = ["*"]
  }

  # schedule, extend, start --for (to come): schedules act as a role of their own, the only one that may be passed on,
  # and only to the scheduler.
  statement {
    sid       = "PassTheSchedulersRole"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.scheduler.arn]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["scheduler.amazonaws.com"]
    }
  }

  # toggle list, set (to come): the values that Terraform reads over terraform.tfvars.
  statement {
    sid       = "SetToggles"
    actions   = ["ssm:GetParameter", "ssm:PutParameter"]
    resources = [for env in var.toggle_environments : "${local.at.ssm}:parameter/d2/${env}/toggles"]
  }

  # toggle set, plan (to come): the runner does what its own project says, and the caller says only for what.
  statement {
    sid       = "StartTheRunner"
    actions   = ["codebuild:StartBuild"]
    resources = [aws_codebuild_project.runner.arn]

    dynamic "condition" {
      for_each = local.build_overrides

      content {
        test     = "Null"
        variable = "codebuild:${condition.value}"
        values   = ["true"]
      }
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "codebuild:environment.environmentVariables.name"
      values   = local.runner_inputs
    }
  }

  # toggle set, plan (to come): how it ended.
  statement {
    sid       = "WatchTheRunner"
    actions   = ["codebuild:BatchGetBuilds"]
    resources = [aws_codebuild_project.runner.arn]
  }

  # toggle set, plan (to come): what the runner planned, addresses and actions, to be shown. Neither the plan itself,
  # which holds more than may be shown, nor any writing.
  statement {
    sid       = "ReadPlans"
    actions   = local.plan_actions
    resources = ["${local.state_bucket}/plans/*.json"]
  }
}
