# Terraform for the bot, with rights of its own: toggles are planned and applied here, and never by the bot itself.
#
# It applies the Terraform of one commit, `infra_commit`, out of `infra/<commit>.zip` in the artifact bucket, where the
# workflow infra-release puts main's commits and where nothing can be written over. Which commit that is changes by a
# person's `terraform apply` of envs/chatops: the runner's rights and what it runs change together. What the caller
# brings along is held to patterns by runner.sh, and to names by the bot's role.
#
# A plan takes some two minutes at 0.005 US dollars each; nothing while it doesn't run.

locals {
  runner        = "${var.name}-terraform"
  runner_inputs = ["D2_ACTION", "D2_ENVIRONMENT", "D2_OPERATION", "D2_PLAN_SHA256", "D2_SNAPSHOT", "D2_TOGGLES"]

  runner_settings = {
    ARTIFACT_BUCKET  = trimprefix(local.artifact_bucket, "${local.aws}:s3:::")
    ENVIRONMENTS     = join("|", var.toggle_environments)
    INFRA_COMMIT     = coalesce(var.infra_commit, "none")
    PROJECT          = var.project
    STATE_BUCKET     = trimprefix(local.state_bucket, "${local.aws}:s3:::")
    TERRAFORM_SHA256 = var.terraform.sha256
    TERRAFORM        = var.terraform.version
  }
}

resource "aws_cloudwatch_log_group" "runner" {
  name              = "/d2/chatops/terraform"
  retention_in_days = var.log_retention_days

  tags = local.tags
}

resource "aws_codebuild_project" "runner" {
  name         = local.runner
  description  = "Plans and applies toggles for the bot"
  service_role = aws_iam_role.runner.arn

  # In minutes: a database with its last snapshot takes up to an hour, and what is cut off in the middle leaves its lock.
  build_timeout          = 180
  queued_timeout         = 30
  concurrent_build_limit = 1

  source {
    type = "NO_SOURCE"
    buildspec = yamlencode({
      version = "0.2"
      env     = { shell = "bash" }
      phases  = { build = { commands = [file("${path.module}/runner.sh")] } }
    })
  }

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    type            = "LINUX_CONTAINER"
    compute_type    = "BUILD_GENERAL1_SMALL"
    image           = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
    privileged_mode = false

    dynamic "environment_variable" {
      for_each = local.runner_settings

      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name = aws_cloudwatch_log_group.runner.name
    }
  }

  tags = local.tags
}
