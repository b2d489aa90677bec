provider "aws" {
  region = "ap-southeast-1"
}

variables {
  name = "d2-test"
  cidr = "10.99.0.0/16"
}

run "two_zones_without_nat" {
  assert {
    condition     = length(output.public_subnet_ids) == 2 && length(output.private_subnet_ids) == 2 && length(output.database_subnet_ids) == 2
    error_message = "A zone misses a subnet."
  }

  assert {
    condition     = length(distinct(concat([for s in aws_subnet.public : s.cidr_block], [for s in aws_subnet.private : s.cidr_block], [for s in aws_subnet.database : s.cidr_block]))) == 6
    error_message = "Subnets share a range."
  }

  assert {
    condition     = tolist([for id in output.private_subnet_ids : [for s in aws_subnet.private : s.availability_zone if s.id == id][0]]) == output.availability_zones
    error_message = "The ids are not in the order of the zones."
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_eip.nat) == 0 && length(aws_route.nat) == 0
    error_message = "Something of NAT is there and billed."
  }

  assert {
    condition     = aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway" && length(aws_vpc_endpoint.s3.route_table_ids) == 2
    error_message = "S3 is not reached from every private subnet."
  }
}

run "a_third_zone_moves_nothing" {
  command = plan

  variables {
    az_count = 3
  }

  assert {
    condition     = slice(output.availability_zones, 0, 2) == run.two_zones_without_nat.availability_zones
    error_message = "The zones are others."
  }

  assert {
    condition     = alltrue([for zone in run.two_zones_without_nat.availability_zones : contains(run.two_zones_without_nat.private_subnet_ids, aws_subnet.private[zone].id) && contains(run.two_zones_without_nat.database_subnet_ids, aws_subnet.database[zone].id)])
    error_message = "A subnet in use would be replaced."
  }
}

run "one_nat_gateway_serves_all_zones" {
  variables {
    nat_gateways = 1
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(aws_route.nat) == 2 && length(distinct([for route in aws_route.nat : route.nat_gateway_id])) == 1
    error_message = "A private subnet has no way out, or there are more gateways than one."
  }
}

run "a_nat_gateway_for_each_zone_keeps_its_traffic_there" {
  variables {
    nat_gateways = 2
  }

  assert {
    condition     = alltrue([for zone, route in aws_route.nat : route.nat_gateway_id == aws_nat_gateway.this[zone].id]) && length(aws_nat_gateway.this) == 2
    error_message = "A zone depends on another's gateway."
  }
}

run "flow_logs_may_be_written_by_this_account_alone" {
  variables {
    flow_logs = true
  }

  assert {
    condition     = aws_flow_log.this[0].traffic_type == "REJECT" && aws_cloudwatch_log_group.flow[0].retention_in_days == 30
    error_message = "Flow logs would cost more than meant."
  }

  assert {
    condition     = strcontains(aws_iam_role.flow[0].assume_role_policy, "aws:SourceAccount")
    error_message = "Another account's flow logs could borrow the role."
  }
}

run "refuses_what_cannot_be_divided" {
  command = plan

  variables {
    cidr     = "10.99.0.0/24"
    az_count = 1
  }

  expect_failures = [var.cidr, var.az_count]
}

run "refuses_gateways_for_some_zones_and_zones_that_are_too_few" {
  command = plan

  variables {
    az_count           = 3
    nat_gateways       = 2
    availability_zones = ["ap-southeast-1a", "ap-southeast-1b", "ap-southeast-1b"]
  }

  expect_failures = [var.nat_gateways, var.availability_zones]
}
