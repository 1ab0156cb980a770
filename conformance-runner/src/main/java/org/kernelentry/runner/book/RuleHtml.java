package org.kernelentry.runner.book;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.report.FailureText;
import org.kernelentry.runner.spec.Behaviour;
import org.kernelentry.runner.spec.Catalogue;
import org.kernelentry.runner.spec.SpecExample;
import org.kernelentry.runner.spec.SpecRule;
import org.kernelentry.runner.spec.SpecScenario;
import org.kernelentry.runner.spec.SpecScenario.ExamplesTable;
import org.kernelentry.runner.spec.SpecStep;

/** What stands under the heading of a rule: how it went, what the catalogue says, and its scenarios. */
final class RuleHtml {
    private final Catalogue catalogue;
    private final RunResult result;
    private final StatusCells cells;
    private final StringBuilder html = new StringBuilder();

    RuleHtml(Catalogue catalogue, RunResult result) {
        this.catalogue = catalogue;
        this.result = result;
        this.cells = new StatusCells(result);
    }

    /** The HTML below the heading of a rule. */
    String render(SpecRule rule, List<SpecStep> featureBackground) {
        html.setLength(0);
        html.append("<div class=\"rule\">\n").append(cells.of(rule)).append('\n');
        if (!rule.description().isEmpty()) {
            html.append("<p>").append(Html.marked(rule.description())).append("</p>\n");
        }
        catalogue.find(rule.id()).ifPresent(b -> facts(b, rule));
        List<SpecStep> background = new ArrayList<>(featureBackground);
        background.addAll(rule.background());
        rule.scenarios().forEach(s -> scenario(s, background));
        return html.append("</div>\n").toString();
    }

    private void facts(Behaviour behaviour, SpecRule rule) {
        html.append("<dl class=\"facts\">\n");
        fact("Catalogue", Html.marked(behaviour.text()));
        fact("Where", Html.text(behaviour.where()));
        fact("Since", Html.text(behaviour.sinceInWords()));
        fact("Seen through", Html.text(behaviour.observabilityInWords()));
        if (behaviour.seenAtRunTime()) {
            String note = behaviour.seenNote();
            fact("Confirmed", "on a real kernel" + (note.isEmpty() ? "" : ": " + Html.marked(note)));
        }
        fact(
                "Source",
                "<span class=\"source\">" + Html.text(catalogue.legend().expandSource(behaviour.source())) + "</span>");
        fact("Feature", "<span class=\"source\">" + Html.text(rule.location().toString()) + "</span>");
        html.append("</dl>\n");
    }

    private void fact(String name, String value) {
        html.append("<dt>").append(name).append("</dt><dd>").append(value).append("</dd>\n");
    }

    private void scenario(SpecScenario scenario, List<SpecStep> background) {
        List<String> failures = failures(scenario);
        html.append("<details class=\"scenario\"")
                .append(failures.isEmpty() ? "" : " open")
                .append("><summary>")
                .append(Html.text(scenario.title()))
                .append(' ')
                .append(cells.of(scenario))
                .append("</summary>\n");
        if (!scenario.description().isEmpty()) {
            html.append("<p>").append(Html.marked(scenario.description())).append("</p>\n");
        }
        background.forEach(this::step);
        scenario.steps().forEach(this::step);
        scenario.tables().forEach(this::examples);
        failures.forEach(f -> html.append("<pre class=\"failure\">").append(f).append("</pre>\n"));
        html.append("</details>\n");
    }

    private List<String> failures(SpecScenario scenario) {
        List<String> failures = new ArrayList<>();
        for (SpecExample example : scenario.examples()) {
            for (Target target : result.plan().targets()) {
                result.outcome(example.id(), target.system())
                        .filter(o -> o.status().isBad())
                        .ifPresent(o -> failures.add(failure(o)));
            }
        }
        return failures;
    }

    private static String failure(Outcome outcome) {
        String why = outcome.difference().isEmpty() ? outcome.message() : outcome.difference();
        return Html.text(
                outcome.exampleId() + " on " + outcome.system() + "\n" + why + "\n" + FailureText.runAgain(outcome));
    }

    private void step(SpecStep step) {
        html.append("<p class=\"step\"><b>")
                .append(Html.text(step.keyword()))
                .append("</b> ")
                .append(Html.text(step.text()))
                .append("</p>\n");
        if (!step.docString().isEmpty()) {
            html.append("<pre class=\"program\">")
                    .append(Html.text(step.docString()))
                    .append("</pre>\n");
        }
        List<List<String>> rows = step.table();
        if (!rows.isEmpty()) {
            // A list has no header; a table of several columns has.
            boolean isList = rows.get(0).size() == 1;
            table(isList ? List.of() : rows.get(0), isList ? rows : rows.subList(1, rows.size()));
        }
    }

    private void examples(ExamplesTable examples) {
        html.append("<p class=\"step\"><b>Examples</b> ").append(Html.text(examples.name()));
        if (examples.header().size() == 1) {
            String values = examples.rows().stream().map(r -> r.get(0)).collect(Collectors.joining(", "));
            html.append(examples.name().isEmpty() ? "" : ": ")
                    .append(Html.text(values))
                    .append("</p>\n");
        } else {
            html.append("</p>\n");
            table(examples.header(), examples.rows());
        }
    }

    private void table(List<String> header, List<List<String>> rows) {
        html.append("<table class=\"data\">");
        if (!header.isEmpty()) {
            row(header, "th");
        }
        rows.forEach(r -> row(r, "td"));
        html.append("</table>\n");
    }

    private void row(List<String> row, String element) {
        html.append("<tr>");
        row.forEach(c -> html.append('<')
                .append(element)
                .append('>')
                .append(Html.text(c))
                .append("</")
                .append(element)
                .append('>'));
        html.append("</tr>\n");
    }
}
