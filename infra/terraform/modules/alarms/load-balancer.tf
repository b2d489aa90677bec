locals {
  balancers = { for load_balancer in var.load_balancer[*] : "alb" => { LoadBalancer = load_balancer.arn_suffix } }

  targets = {
    for service, target in var.load_balancer == null ? {} : var.load_balancer.services : service => {
      dimensions = { LoadBalancer = var.load_balancer.arn_suffix, TargetGroup = target.target_group }
      instances  = target.instances
    }
  }

  load_balancer_alarms = merge(
    {
      for key, dimensions in local.balancers : "${key}-5xx" => {
        says    = "The load balancer itself answers 5xx, mostly for want of healthy instances. First ask the bot: /d2 status ${var.environment}."
        service = "alb", namespace = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", dimensions = dimensions
        # A count that is not there is none.
        statistic = "Sum", comparison = "GreaterThanThreshold", threshold = 10, minutes = 3, missing = "notBreaching"
      }
    },
    {
      for service, target in local.targets : "${service}-5xx" => {
        says    = "${service} answers 5xx. First look at its errors: /d2 errors ${service} ${var.environment} 30m; if they began with a release: /d2 rollback ${service} ${var.environment}."
        service = service, namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", dimensions = target.dimensions
        # As above.
        statistic = "Sum", comparison = "GreaterThanThreshold", threshold = 10, minutes = 3, missing = "notBreaching"
      }
    },
    {
      for service, target in local.targets : "${service}-unhealthy" => {
        says    = "An instance of ${service} fails its health check; the Auto Scaling group replaces it. If it goes on, ask why: /d2 why ${service} ${var.environment}."
        service = service, namespace = "AWS/ApplicationELB", metric = "UnHealthyHostCount", dimensions = target.dimensions
        # No targets at all: that is for -short and -down to tell.
        statistic = "Maximum", comparison = "GreaterThanThreshold", threshold = 0, minutes = 10, missing = "notBreaching"
      }
    },
    {
      for service, target in local.targets : "${service}-short" => {
        says    = "${service} has fewer healthy instances than the ${target.instances} of its Auto Scaling group's minimum, and no new one came up. First look at the group's activity and the newest instance's installation: /d2 verify ${service} ${var.environment}."
        service = service, namespace = "AWS/ApplicationELB", metric = "HealthyHostCount", dimensions = target.dimensions
        # Longer than a new instance takes. No data is no instance.
        statistic = "Minimum", comparison = "LessThanThreshold", threshold = target.instances, minutes = 15, missing = "breaching"
      } if target.instances > 1
    },
    {
      for service, target in local.targets : "${service}-down" => {
        says    = "${service} is down: no instance is healthy. First ask why: /d2 why ${service} ${var.environment}."
        service = service, namespace = "AWS/ApplicationELB", metric = "HealthyHostCount", dimensions = target.dimensions
        # No data is no instance.
        statistic = "Maximum", comparison = "LessThanThreshold", threshold = 1, minutes = 3, missing = "breaching"
      } if target.instances > 0
    },
  )
}

# By itself, for a percentile is no statistic like the others.
resource "aws_cloudwatch_metric_alarm" "slow" {
  for_each = local.targets

  alarm_name        = "${var.name}-${each.key}-slow"
  alarm_description = "One in a hundred answers of ${each.key} takes more than ${var.latency_seconds} s. First look at the database and the instances: /d2 metrics db ${var.environment}, then /d2 metrics ${each.key} ${var.environment}."

  namespace          = "AWS/ApplicationELB"
  metric_name        = "TargetResponseTime"
  dimensions         = each.value.dimensions
  extended_statistic = "p99"
  # The slowest of a handful says little.
  evaluate_low_sample_count_percentiles = "ignore"

  comparison_operator = "GreaterThanThreshold"
  threshold           = var.latency_seconds
  period              = 60
  evaluation_periods  = 10
  datapoints_to_alarm = 10
  treat_missing_data  = "notBreaching" # nobody asked

  alarm_actions = [aws_sns_topic.this.arn]
  ok_actions    = [aws_sns_topic.this.arn]

  tags = { Name = "${var.name}-${each.key}-slow", Service = each.key }

  depends_on = [aws_sns_topic_policy.this]
}
