output "name" {
  description = "Name of the budget."
  value       = aws_budgets_budget.this.name
}

output "alerts" {
  description = "At what the addresses are told: kind and percentage of the month's amount."
  value       = values(local.alerts)
}
