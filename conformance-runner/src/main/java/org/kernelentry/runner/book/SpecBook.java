package org.kernelentry.runner.book;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.asciidoctor.Asciidoctor;
import org.asciidoctor.Attributes;
import org.asciidoctor.Options;
import org.asciidoctor.SafeMode;
import org.kernelentry.runner.judge.Outcome;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.report.Matrix;
import org.kernelentry.runner.spec.Behaviour;
import org.kernelentry.runner.spec.Catalogue;
import org.kernelentry.runner.spec.CatalogueFamily;
import org.kernelentry.runner.spec.Chapter;
import org.kernelentry.runner.spec.Coverage;
import org.kernelentry.runner.spec.Coverage.Tally;
import org.kernelentry.runner.spec.MappingRow;
import org.kernelentry.runner.spec.SpecFeature;
import org.kernelentry.runner.spec.SpecModel;
import org.kernelentry.runner.spec.SpecRule;

/**
 * The spec as a page: a chapter for each folder, rule by rule, with what came of it. Introductions, headings and the
 * table of contents are AsciiDoc; what comes from features, catalogue and results is passed through as HTML. The same
 * spec and the same results give the same bytes.
 */
public final class SpecBook {
    private static final String TITLE = "Between user mode and the kernel";

    private final SpecModel model;
    private final Catalogue catalogue;
    private final RunResult result;
    private final Map<String, Outcome> timelines;
    private final StringBuilder text = new StringBuilder();

    /**
     * A book.
     *
     * @param model the chapters
     * @param catalogue the rows the rules are about
     * @param result what is known about the scenarios
     * @param timelines for a chapter, by name, the outcome whose journal is drawn
     */
    public SpecBook(SpecModel model, Catalogue catalogue, RunResult result, Map<String, Outcome> timelines) {
        this.model = model;
        this.catalogue = catalogue;
        this.result = result;
        this.timelines = timelines;
    }

    /** The whole book as one HTML file that needs no other. */
    public String html() {
        // JRuby reports on the terminal how it gets hold of the process; nobody wants to know.
        Logger.getLogger("org.jruby").setLevel(Level.SEVERE);
        try (Asciidoctor asciidoctor = Asciidoctor.Factory.create()) {
            Options options = Options.builder()
                    .backend("html5")
                    .standalone(true)
                    .safe(SafeMode.SERVER)
                    .attributes(Attributes.builder()
                            .attribute("reproducible", "")
                            .attribute("webfonts!", "")
                            .attribute("sectlinks", "")
                            .attribute("toc", "left")
                            .attribute("toclevels", "2")
                            .attribute("toc-title", "Chapters")
                            .attribute("nofooter", "")
                            .build())
                    .build();
            String page = asciidoctor.convert(asciidoc(), options);
            return page.replace("</head>", "<style>\n" + style() + "</style>\n</head>");
        }
    }

    private static String style() {
        try (InputStream in = Objects.requireNonNull(SpecBook.class.getResourceAsStream("book.css"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The book as AsciiDoc. */
    String asciidoc() {
        text.setLength(0);
        text.append("= ").append(TITLE).append("\n:doctype: book\n\n");
        frontPage();
        model.chapters().stream().filter(c -> !c.features().isEmpty()).forEach(this::chapter);
        index();
        mappings();
        return text.toString();
    }

    private void frontPage() {
        Coverage coverage = Coverage.of(model, catalogue);
        text.append("What the code between user mode and the Linux kernel does, rule by rule: ")
                .append(Html.literal(catalogue.legend().baseline()))
                .append("\n\n");
        text.append("Each rule is one row of a catalogue of ")
                .append(coverage.total().total())
                .append(" behaviours; ")
                .append(coverage.total().covered())
                .append(" have scenarios. A scenario runs real machine code on each architecture and flavour that it"
                        + " is about. `generic` is what the generic entry code does there, `native` what arm64 and arm"
                        + " do today.\n\n");
        raw(new StatusCells(result).matrix(Matrix.of(result, model)));
        raw("<p class=\"legend\">Passed of all; <span class=\"cell pass\">all passed</span> <span class=\"cell"
                + " bad\">some failed</span> <span class=\"cell skip\">some skipped</span> <span class=\"cell"
                + " open\">some not run</span></p>");
        coverage(coverage);
    }

    private void coverage(Coverage coverage) {
        StringBuilder html =
                new StringBuilder("<table class=\"coverage\"><thead><tr><th>Family</th><th></th><th>with scenarios</th>"
                        + "<th></th></tr></thead><tbody>\n");
        coverage.byFamily()
                .forEach((family, tally) -> html.append("<tr><th><a href=\"#index-")
                        .append(family)
                        .append("\">")
                        .append(family)
                        .append("</a></th><td>")
                        .append(Html.text(catalogue
                                .family(family)
                                .map(CatalogueFamily::title)
                                .orElse("")))
                        .append("</td><td class=\"number\">")
                        .append(tally.covered())
                        .append(" of ")
                        .append(tally.total())
                        .append("</td><td><span class=\"bar\"><span style=\"width:")
                        .append(width(tally))
                        .append("%\"></span></span></td></tr>\n"));
        raw(html.append("</tbody></table>").toString());
    }

    private static long width(Tally tally) {
        return Math.round(tally.percent());
    }

    private void chapter(Chapter chapter) {
        text.append("[#").append(StatusCells.anchor(chapter)).append("]\n");
        text.append("== ").append(chapter.title()).append("\n\n");
        text.append(":leveloffset: +1\n\n").append(chapter.introduction()).append("\n\n:leveloffset: -1\n\n");
        Outcome drawn = timelines.get(chapter.name());
        if (drawn != null) {
            EntryPath.mostWork(drawn.journal()).ifPresent(path -> raw(figure(drawn, path)));
        }
        for (SpecFeature feature : chapter.features()) {
            text.append("=== ").append(Html.literal(feature.name())).append("\n\n");
            if (!feature.description().isEmpty()) {
                raw("<p>" + Html.marked(feature.description()) + "</p>");
            }
            RuleHtml rules = new RuleHtml(catalogue, result);
            for (SpecRule rule : feature.rules()) {
                text.append("[#").append(rule.id()).append("]\n==== ");
                text.append(rule.id())
                        .append(' ')
                        .append(Html.literal(rule.sentence()))
                        .append("\n\n");
                raw(rules.render(rule, feature.background()));
            }
        }
    }

    private static String figure(Outcome drawn, EntryPath path) {
        return "<figure><figcaption>One stay in the kernel of " + Html.text(path.task()) + ", in the scenario "
                + Html.text(drawn.exampleId()) + " on " + Html.text(drawn.system()) + "</figcaption>\n"
                + Timeline.draw(path) + Timeline.legend() + "</figure>";
    }

    /** Every behaviour of the catalogue: a link if the book has a rule about it, else what it says. */
    private void index() {
        text.append("[#index]\n== All behaviours\n\n");
        for (CatalogueFamily family : catalogue.families()) {
            if (!family.isMapping()) {
                text.append("[#index-").append(family.name()).append("]\n=== ");
                text.append(family.name())
                        .append(": ")
                        .append(Html.literal(family.title()))
                        .append("\n\n");
                StringBuilder html = new StringBuilder("<table class=\"index\">\n");
                for (Behaviour behaviour : catalogue.behaviours(family.name())) {
                    html.append("<tr><th>")
                            .append(link(behaviour.id()))
                            .append("</th><td>")
                            .append(model.rule(behaviour.id())
                                    .map(r -> Html.text(r.sentence()))
                                    .orElseGet(
                                            () -> "<span class=\"none\">" + Html.marked(behaviour.text()) + "</span>"))
                            .append("</td></tr>\n");
                }
                raw(html.append("</table>").toString());
            }
        }
    }

    /** Patches, differences and questions, with the behaviours each is about. */
    private void mappings() {
        text.append("[#mappings]\n== Patches, differences and questions\n\n");
        for (CatalogueFamily family : catalogue.families()) {
            if (family.isMapping()) {
                text.append("=== ")
                        .append(family.name())
                        .append(": ")
                        .append(Html.literal(family.title()))
                        .append("\n\n");
                StringBuilder html = new StringBuilder("<table class=\"index\"><tr><th></th>");
                family.mappingColumns()
                        .forEach(c -> html.append("<th>").append(Html.text(c)).append("</th>"));
                html.append("</tr>\n");
                catalogue.mappingRows().stream()
                        .filter(m -> m.family().equals(family.name()))
                        .forEach(m -> mapping(html, m));
                raw(html.append("</table>").toString());
            }
        }
    }

    private void mapping(StringBuilder html, MappingRow row) {
        html.append("<tr><th>").append(row.id()).append("</th>");
        for (String column : row.columns().values()) {
            String cell = Html.marked(column);
            for (String id : row.atStake()) {
                cell = cell.replaceAll("\\b" + id + "\\b", link(id));
            }
            html.append("<td>").append(cell).append("</td>");
        }
        html.append("</tr>\n");
    }

    private String link(String id) {
        return model.rule(id).isPresent() ? "<a href=\"#" + id + "\">" + id + "</a>" : id;
    }

    private void raw(String html) {
        text.append(Html.passThrough(html)).append('\n');
    }
}
