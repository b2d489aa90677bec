# Each alarm says what to do first, for it is read on a phone at night. `missing` is what no data means: for errors and
# slowness that nobody asked anything, for healthy instances that there are none.

locals {
  alarms = merge(local.load_balancer_alarms, local.database_alarms)
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = each.value.says

  namespace   = each.value.namespace
  metric_name = each.value.metric
  dimensions  = each.value.dimensions

  statistic           = each.value.statistic
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = each.value.minutes
  datapoints_to_alarm = each.value.minutes
  treat_missing_data  = each.value.missing

  alarm_actions = [aws_sns_topic.this.arn]
  ok_actions    = [aws_sns_topic.this.arn]

  tags = { Name = "${var.name}-${each.key}", Service = each.value.service }

  # Who would be told before the policy stands would not be.
  depends_on = [aws_sns_topic_policy.this]
}
