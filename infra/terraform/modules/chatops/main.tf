# The bot: one service on Fargate, as many tasks as one likes. They share a table, and when one dies another takes its
# operations over.

locals {
  # The parameter's name, known before there is one.
  config_parameter = "/${var.name}/config"
  deployed         = var.image_tag != null && var.config_yaml != null
}

module "documents" {
  source = "../ssm-documents"
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  # Metrics for each task: the bot's own line a minute tells what they would.
  setting {
    name  = "containerInsights"
    value = "disabled"
  }

  tags = local.tags
}

resource "aws_ecs_task_definition" "this" {
  count = local.deployed ? 1 : 0

  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  task_role_arn            = aws_iam_role.bot.arn
  execution_role_arn       = aws_iam_role.execution.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  container_definitions = jsonencode([{
    name      = "bot"
    image     = "${aws_ecr_repository.this.repository_url}:${var.image_tag}"
    essential = true

    # The image's `node`.
    user                   = "1000:1000"
    readonlyRootFilesystem = true
    linuxParameters = {
      # Reaps what is left behind, and hands SIGTERM on.
      initProcessEnabled = true
      capabilities       = { drop = ["ALL"] }
      # For the heartbeat's file. The compile cache was filled with the image and is only read.
      tmpfs = [{ containerPath = "/tmp", size = 16, mountOptions = ["noexec", "nosuid", "nodev"] }]
    }

    # Of the image's health check ECS takes no notice.
    healthCheck = {
      command     = ["CMD", "node", "dist/healthcheck.js"]
      interval    = 15
      timeout     = 5
      retries     = 3
      startPeriod = 60
    }
    # The bot ends what it can within 11 s; what takes longer another task takes over.
    stopTimeout = 30

    environment = [
      { name = "AWS_REGION", value = var.region },
      { name = "AWS_EC2_METADATA_DISABLED", value = "true" },
    ]
    secrets = [
      { name = "SLACK_BOT_TOKEN", valueFrom = aws_secretsmanager_secret.slack["bot"].arn },
      { name = "SLACK_APP_TOKEN", valueFrom = aws_secretsmanager_secret.slack["app"].arn },
      { name = "D2_YAML", valueFrom = aws_ssm_parameter.config[0].arn },
    ]
    # A task reads the parameter when it starts, so a change must start new ones.
    dockerLabels = { "d2.yaml.sha256" = sha256(var.config_yaml) }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.bot.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "bot"
      }
    }
  }])

  tags = local.tags
}

resource "aws_ecs_service" "this" {
  count = local.deployed ? 1 : 0

  name             = var.name
  cluster          = aws_ecs_cluster.this.arn
  task_definition  = aws_ecs_task_definition.this[0].arn
  launch_type      = "FARGATE"
  platform_version = "LATEST"
  desired_count    = var.desired_count
  propagate_tags   = "SERVICE"

  # Nobody gets a shell beside the tokens.
  enable_execute_command = false

  # New tasks listen before old ones drain: Slack is never without one.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  # Whoever applies is told when the new tasks don't come up: by then the circuit breaker has gone back to the old ones.
  wait_for_steady_state = true

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = module.network.public_subnet_ids
    security_groups  = [aws_security_group.bot.id]
    assign_public_ip = true
  }

  tags = local.tags

  # A task that starts before its rights do fails, and the circuit breaker counts it.
  depends_on = [aws_iam_role_policy.execution, aws_iam_role_policy_attachment.bot, aws_vpc_security_group_egress_rule.bot]
}
