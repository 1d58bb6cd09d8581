/** The JSON at an address; tests look into it freely. */
// oxlint-disable-next-line typescript/no-explicit-any -- what stands in an answer is for the assertions to say
export async function getJson(url: string, headers: Record<string, string> = {}): Promise<any> {
  const response = await fetch(url, { headers });
  return response.json();
}
