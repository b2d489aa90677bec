locals {
  https = coalesce(var.https, var.certificate_arn != null)
  # The listener that serves; the other one, where there are two, sends everybody there.
  listener_arn = local.https ? aws_lb_listener.https[0].arn : aws_lb_listener.http.arn
  # A target group's name has 32 characters at most: `backend` for backend-api, `driver` for web-driver.
  short = { for service in keys(var.services) : service => trimprefix(trimsuffix(service, "-api"), "web-") }
  tags  = { Service = "alb" }
}

resource "aws_lb" "this" {
  name               = "${var.name}-alb"
  load_balancer_type = "application"
  internal           = false
  security_groups    = [var.security_group_id]
  subnets            = var.subnet_ids

  # What no honest client sends, and what splits one request in two.
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "strictest"

  enable_deletion_protection = var.deletion_protection
  idle_timeout               = 60

  dynamic "access_logs" {
    for_each = aws_s3_bucket.access_logs

    content {
      bucket  = access_logs.value.id
      enabled = true
    }
  }

  tags = merge(local.tags, { Name = "${var.name}-alb" })

  # The load balancer tries at once whether it may write.
  depends_on = [module.private]
}

resource "aws_lb_target_group" "this" {
  for_each = var.services

  name        = "${var.name}-${local.short[each.key]}-tg"
  vpc_id      = var.vpc_id
  protocol    = "HTTP"
  port        = each.value.port
  target_type = "instance"

  # Longer than the service's own drain, so that a stop or a reload loses no request.
  deregistration_delay = 30

  health_check {
    path                = each.value.health_path
    matcher             = "200"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  tags = { Service = each.key, Name = "${var.name}-${local.short[each.key]}-tg" }
}

resource "aws_lb_target_group_attachment" "this" {
  for_each = var.instance_ids

  target_group_arn = aws_lb_target_group.this[each.key].arn
  target_id        = each.value
  port             = var.services[each.key].port
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 80

  default_action {
    type = local.https ? "redirect" : "fixed-response"

    dynamic "redirect" {
      for_each = local.https ? [true] : []

      content {
        protocol    = "HTTPS"
        port        = "443"
        status_code = "HTTP_301"
      }
    }

    dynamic "fixed_response" {
      for_each = local.https ? [] : [true]

      content {
        content_type = "text/plain"
        message_body = "Nothing is here."
        status_code  = "404"
      }
    }
  }

  tags = merge(local.tags, { Name = "${var.name}-http" })
}

resource "aws_lb_listener" "https" {
  count = local.https ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  certificate_arn   = var.certificate_arn
  # TLS 1.3, and 1.2 with forward secrecy and authenticated ciphers alone.
  ssl_policy = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "Nothing is here."
      status_code  = "404"
    }
  }

  tags = merge(local.tags, { Name = "${var.name}-https" })
}

# Who asks for a service's host, or where it has none of its own for anything, is sent to it.
resource "aws_lb_listener_rule" "this" {
  for_each = var.services

  listener_arn = local.listener_arn
  priority     = each.value.priority

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }

  condition {
    dynamic "host_header" {
      for_each = length(each.value.hosts) == 0 ? [] : [each.value.hosts]

      content {
        values = host_header.value
      }
    }

    dynamic "path_pattern" {
      for_each = length(each.value.hosts) == 0 ? [true] : []

      content {
        values = ["*"]
      }
    }
  }

  tags = { Service = each.key, Name = "${var.name}-${local.short[each.key]}" }
}
