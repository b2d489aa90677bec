# Amazon Linux 2023 as AWS publishes it; this answer changes every other week.
data "aws_ssm_parameter" "ami" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

# Remembers the image of the day of creation: a newer one must not roll through production by surprise. To take it:
# terraform apply -replace='module.<this>.terraform_data.ami', or set ami_id. The plan then shows the new version.
resource "terraform_data" "ami" {
  input = data.aws_ssm_parameter.ami.insecure_value

  lifecycle {
    ignore_changes = [input]
  }
}

# They do not reach what a launch template or an Auto Scaling group launches.
data "aws_default_tags" "this" {}

locals {
  own_tags      = merge(var.tags, { Service = var.service })
  instance_tags = merge(data.aws_default_tags.this.tags, local.own_tags, { Name = var.name, Port = tostring(var.port) })
}

resource "aws_launch_template" "this" {
  name_prefix            = "${var.name}-"
  description            = "${var.service}: what an instance of ${var.name} is made of"
  update_default_version = true
  image_id               = coalesce(var.ami_id, terraform_data.ami.output)
  instance_type          = var.instance_type
  user_data              = base64encode(var.user_data)

  iam_instance_profile {
    name = var.instance_profile_name
  }

  network_interfaces {
    associate_public_ip_address = false
    security_groups             = var.security_group_ids
  }

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
    # No further than the instance itself: nothing here runs in a container.
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  # Five-minute metrics are free.
  monitoring {
    enabled = false
  }

  block_device_mappings {
    # The image's root device.
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = var.root_volume_gb
      encrypted             = true
      delete_on_termination = true
    }
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume", "network-interface"])

    content {
      resource_type = tag_specifications.value
      tags          = local.instance_tags
    }
  }

  tags = merge(local.own_tags, { Name = var.name })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_autoscaling_group" "this" {
  name                = var.name
  vpc_zone_identifier = var.subnet_ids
  min_size            = var.min_size
  max_size            = var.max_size
  desired_capacity    = coalesce(var.desired_capacity, var.min_size)
  target_group_arns   = var.target_group_arns

  # An instance that PM2 keeps up and that does not serve is of no use: the load balancer's verdict counts.
  health_check_type         = "ELB"
  health_check_grace_period = var.health_check_grace_seconds
  default_instance_warmup   = var.health_check_grace_seconds

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  # A new version of the launch template goes through the group: new instances first, old ones after, back if they fail.
  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 100
      max_healthy_percentage = 150
      skip_matching          = true
      auto_rollback          = true
      instance_warmup        = var.health_check_grace_seconds
    }
  }

  dynamic "tag" {
    for_each = local.instance_tags

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  lifecycle {
    # Autoscaling owns it after the first apply: an apply at noon must not take back what noon's load asked for.
    ignore_changes = [desired_capacity]
  }
}

resource "aws_autoscaling_policy" "cpu" {
  count = var.cpu_target_percent == null ? 0 : 1

  name                   = "${var.name}-cpu"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = var.cpu_target_percent

    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}
