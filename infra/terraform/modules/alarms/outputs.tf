output "topic_arn" {
  description = "ARN of the topic that alarms are told to, for further subscriptions."
  value       = aws_sns_topic.this.arn
}

output "names" {
  description = "Names of the alarms."
  value       = [for alarm in concat(values(aws_cloudwatch_metric_alarm.this), values(aws_cloudwatch_metric_alarm.slow)) : alarm.alarm_name]
}
