package org.kernelentry.runner.book;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.kernelentry.runner.fake.FakeGlue;
import org.kernelentry.runner.fake.FakeSpec;
import org.kernelentry.runner.judge.Plan;
import org.kernelentry.runner.judge.RunListener;
import org.kernelentry.runner.judge.RunResult;
import org.kernelentry.runner.judge.Runner;
import org.kernelentry.runner.judge.Target;
import org.kernelentry.runner.spec.SpecModel;
import org.kernelentry.runner.spec.TempSpec;

/** The spec as a page. */
@ResourceLock("the fake system")
final class SpecBookTests {
    @TempDir
    private Path directory;

    private TempSpec spec;
    private SpecModel model;
    private RunResult result;

    @BeforeEach
    void run() {
        spec = FakeSpec.in(directory);
        load();
    }

    private void load() {
        model = spec.model();
        Plan plan = Plan.of(model.examples(), Target.named("reference"));
        result = new Runner(new FakeGlue(), 1).run(plan, RunListener.NONE);
    }

    private SpecBook book() {
        return new SpecBook(
                model,
                spec.catalogue(),
                result,
                Map.of("01-entry", result.outcomes().get(0)));
    }

    @Test
    void a_page_holds_chapters_rules_cells_scenarios_and_a_timeline_and_is_the_same_each_time() {
        String page = book().html();
        assertThat(page.substring(page.indexOf("<body")))
                .contains("<h1>Between user mode and the kernel</h1>")
                .contains("<h2 id=\"chapter-02-exit\"><a class=\"link\" href=\"#chapter-02-exit\">The way out</a></h2>")
                .contains("<p>Also <code>matters</code>.</p>")
                .contains("ENT-01 Nothing is done with \"quotes\" &amp; &lt;brackets&gt; | bars *stars*</a></h4>")
                .contains("title=\"0 passed, 1 failed, 0 skipped, 0 not run\">arm <i>generic</i> 0/1</span>")
                .contains("<svg class=\"timeline\"");
        // Nothing is fetched from elsewhere.
        assertThat(page).doesNotContain("<link ", "<script", " src=");
        assertThat(book().html()).isEqualTo(page);
    }

    @Test
    void the_catalogue_s_markup_is_kept_and_everything_else_is_escaped() {
        spec.replace("catalogue/ent.yaml", "Something is done.", "Runs `a<b` & *not* _bold_ {attribute} <i>.");
        load();
        assertThat(book().asciidoc())
                .contains("<dd>Runs <code>a&lt;b</code> &amp; *not* _bold_ {attribute} &lt;i&gt;.</dd>");
    }

    @Test
    void a_line_of_a_program_cannot_end_the_block_it_stands_in() {
        spec.replaceInFeature("      Given a task\n", """
                      Given a task
                        \"""
                        ++++
                        \"""
                """);
        load();
        assertThat(book().asciidoc().lines().filter(l -> l.equals("++++")).count() % 2)
                .isZero();
        assertThat(book().asciidoc()).contains("<pre class=\"program\">++++</pre>");
    }

    @Test
    void a_rule_shows_where_the_kernel_says_so_with_paths_written_out() {
        assertThat(book().asciidoc())
                .contains("kernel/entry/common.c:2; include/linux/entry-common.h:3 (see ENT-01)</span>");
    }

    @Test
    void a_failed_scenario_is_open_and_says_how_to_run_it_again() {
        assertThat(book().asciidoc())
                .contains("<details class=\"scenario\" open><summary>The &lt;call&gt; does something")
                .contains("line 2: exit-stop | nothing\n./conform run 'ENT-02/the-call-does-something[arm,write]'");
    }

    @Test
    void the_index_links_the_behaviours_that_have_rules_and_shows_the_others() {
        spec.delete("02-exit/exit.feature");
        load();
        assertThat(book().asciidoc())
                .contains("<th><a href=\"#ENT-02\">ENT-02</a></th><td>A call with work does something</td>")
                .contains("<th>ENT-01</th><td><span class=\"none\">Nothing is done.</span></td>");
    }

    @Test
    void the_matrix_of_the_front_page_links_the_chapters() {
        assertThat(book().asciidoc())
                .contains("<tr><th><a href=\"#chapter-01-entry\">The entry</a></th><td class=\"cell pass\""
                        + " title=\"3 passed, 0 failed, 0 skipped, 0 not run\">3/3</td>");
    }
}
