data "aws_region" "current" {}

# All zones that need no opting in, whatever their state: were an impaired zone left out, the list would shift and
# every subnet behind it would be replaced.
data "aws_availability_zones" "this" {
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  zones = slice(coalesce(var.availability_zones, sort(data.aws_availability_zones.this.names)), 0, var.az_count)

  # Private subnets are large (a sixteenth of the VPC); the ranges left between leave room for a third zone.
  private  = { for i, zone in local.zones : zone => cidrsubnet(var.cidr, 4, i) }
  public   = { for i, zone in local.zones : zone => cidrsubnet(var.cidr, 8, 128 + i) }
  database = { for i, zone in local.zones : zone => cidrsubnet(var.cidr, 8, 192 + i) }

  nat_zones = slice(local.zones, 0, var.nat_gateways)
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true # private DNS names of interface endpoints need both

  tags = { Name = var.name }
}

# The group that AWS gives to whatever names none: emptied, so that forgetting a group opens nothing.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-unused" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_subnet" "public" {
  for_each = local.public

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = each.value
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-public-${each.key}" }
}

resource "aws_subnet" "private" {
  for_each = local.private

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_subnet" "database" {
  for_each = local.database

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.name}-database-${each.key}" }
}

# S3 without a NAT gateway, and free: package repositories of Amazon Linux, SSM's and the releases' buckets.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${data.aws_region.current.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [for table in aws_route_table.private : table.id]

  tags = { Name = "${var.name}-s3" }
}
