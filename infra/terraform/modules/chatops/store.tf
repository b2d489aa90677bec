# What outlives a task: operations, the trail, the tokens, the configuration, the image.

resource "aws_dynamodb_table" "this" {
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  deletion_protection_enabled = !var.discard

  attribute {
    name = "pk"
    type = "S"
  }

  # Clears away what is long over; nothing waits for it.
  ttl {
    attribute_name = "expires"
    enabled        = true
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 35
  }

  # By AWS's own key for the account's tables, which CloudTrail shows and which costs next to nothing here.
  server_side_encryption {
    enabled = true
  }

  tags = local.tags
}

# Who did what. The bot appends, nobody else writes, and a year is the least.
resource "aws_cloudwatch_log_group" "audit" {
  name                        = var.audit_group
  retention_in_days           = var.audit_retention_days
  deletion_protection_enabled = !var.discard

  tags = local.tags
}

resource "aws_cloudwatch_log_group" "bot" {
  name              = "/d2/chatops/bot"
  retention_in_days = var.log_retention_days

  tags = local.tags
}

# Made empty: a person puts the token in with the AWS CLI, as the outputs say, so that no state and no plan has it.
resource "aws_secretsmanager_secret" "slack" {
  for_each = {
    bot = "Slack's bot token, xoxb-…: api.slack.com/apps, OAuth & Permissions"
    app = "Slack's app-level token, xapp-…: api.slack.com/apps, Basic Information"
  }

  name                    = "${var.name}/slack-${each.key}-token"
  description             = each.value
  recovery_window_in_days = var.discard ? 0 : 30

  tags = local.tags
}

# d2.yaml holds ids and no secrets, so that a plan may show what changes in it.
resource "aws_ssm_parameter" "config" {
  count = var.config_yaml == null ? 0 : 1

  name           = local.config_parameter
  description    = "The bot's d2.yaml"
  type           = "String"
  tier           = "Intelligent-Tiering" # standard, free, up to 4 KB; advanced, 0.05 US dollars a month, up to 8
  insecure_value = var.config_yaml

  tags = local.tags

  lifecycle {
    precondition {
      condition     = try(yamldecode(var.config_yaml).table, null) == aws_dynamodb_table.this.name
      error_message = "d2.yaml must say `table: ${var.name}`: that is the table that the bot's role may use."
    }

    precondition {
      condition     = try(yamldecode(var.config_yaml).trail, null) == var.audit_group
      error_message = "d2.yaml must say `trail: ${var.audit_group}`: that is the log group that the bot's role may append to."
    }

    precondition {
      condition     = length(setsubtract(keys(try(yamldecode(var.config_yaml).environments, {})), var.environments)) == 0
      error_message = "d2.yaml has an environment that `environments` does not have: the bot's role could not even look at it."
    }

    precondition {
      condition = length(setsubtract(
        flatten([for service in values(try(yamldecode(var.config_yaml).services, {})) : values(try(service.logs, {}))]),
        var.log_groups,
      )) == 0
      error_message = "d2.yaml names a log group that `log_groups` does not have: the bot's role could not read it."
    }
  }
}

resource "aws_ecr_repository" "this" {
  name                 = var.name
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.discard

  image_scanning_configuration {
    scan_on_push = true
  }

  tags = local.tags
}

resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name
  policy = jsonencode({
    rules = concat(
      # What a rule counts no later rule expires: the image that runs stays, however many are pushed after it.
      [for tag in compact([var.image_tag]) : {
        rulePriority = 1
        description  = "The one that runs"
        selection    = { tagStatus = "tagged", tagPatternList = [tag], countType = "imageCountMoreThan", countNumber = 1 }
        action       = { type = "expire" }
      }],
      [{
        rulePriority = 2
        description  = "Twenty images are enough to go back"
        selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 20 }
        action       = { type = "expire" }
      }],
    )
  })
}
