import { describe, expect, it } from 'vitest';
import { dependencyDiagram } from '../../scripts/docs/dependency-diagram.ts';

// As terraform 1.11 prints it.
const dot = `digraph G {
  rankdir = "RL";
  node [shape = rect, fontname = "sans-serif"];
  "data.aws_ssm_parameter.toggles" [label="data.aws_ssm_parameter.toggles"];
  "aws_sns_topic.this" [label="aws_sns_topic.this"];
  subgraph "cluster_module.network" {
    label = "module.network"
    fontname = "sans-serif"
    "module.network.aws_subnet.private" [label="aws_subnet.private"];
    "module.network.aws_vpc.this" [label="aws_vpc.this"];
  }
  subgraph "cluster_module.alb" {
    "module.alb.aws_lb.this" [label="aws_lb.this"];
  }
  subgraph "cluster_module.alarms" {
    "module.alarms.aws_cloudwatch_metric_alarm.this" [label="aws_cloudwatch_metric_alarm.this"];
  }
  "module.network.aws_subnet.private" -> "module.network.aws_vpc.this";
  "module.alb.aws_lb.this" -> "module.network.aws_subnet.private";
  "module.alb.aws_lb.this" -> "data.aws_ssm_parameter.toggles";
  "module.alarms.aws_cloudwatch_metric_alarm.this" -> "module.alb.aws_lb.this";
  "module.alarms.aws_cloudwatch_metric_alarm.this" -> "module.network.aws_vpc.this";
  "module.alarms.aws_cloudwatch_metric_alarm.this" -> "aws_sns_topic.this";
}`;

describe('a dependency diagram', () => {
  it('shows modules with what they hold, and each direct road once', () => {
    expect(dependencyDiagram(dot)).toBe(
      [
        '```mermaid',
        'flowchart LR',
        '  n0["alarms<br/><small>1 resource</small>"]',
        '  n1["alb<br/><small>1 resource</small>"]',
        '  n2["aws_sns_topic.this<br/><small>1 resource</small>"]',
        '  n3["network<br/><small>2 resources</small>"]',
        '  n1 --> n0',
        '  n2 --> n0',
        '  n3 --> n1',
        '```',
      ].join('\n'),
    );
  });

  it('opens a root that is one module: its own modules, and its resources by service', () => {
    const one = `"module.bot.aws_ecs_service.this" [label="x"];
  "module.bot.aws_ecs_cluster.this" [label="x"];
  "module.bot.data.aws_region.this" [label="x"];
  "module.bot.module.network.aws_vpc.this" [label="x"];
  "module.bot.aws_ecs_service.this" -> "module.bot.aws_ecs_cluster.this";
  "module.bot.aws_ecs_service.this" -> "module.bot.module.network.aws_vpc.this";`;
    expect(dependencyDiagram(one)).toBe(
      [
        '```mermaid',
        'flowchart LR',
        '  n0["ecs<br/><small>2 resources</small>"]',
        '  n1["network<br/><small>1 resource</small>"]',
        '  n1 --> n0',
        '```',
      ].join('\n'),
    );
  });

  it('keeps both arrows of modules that lean on each other', () => {
    const both = `"module.a.aws_vpc.this" [label="x"];
  "module.b.aws_vpc.this" [label="x"];
  "module.a.aws_vpc.this" -> "module.b.aws_vpc.this";
  "module.b.aws_vpc.this" -> "module.a.aws_vpc.this";`;
    expect(dependencyDiagram(both).match(/-->/g)).toHaveLength(2);
  });
});
